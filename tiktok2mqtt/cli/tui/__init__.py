"""The full-screen view of `demo` and `watch`. It needs Textual, so it is imported only when it is used."""
