"""What every part of the product uses: errors, names, texts, times, topics, the steps of a check."""
