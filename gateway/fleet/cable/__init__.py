"""What can be found out about a board over its cable."""
