"""The broker's side: connection, outbox, publishing."""
