"""What every table may hold, column by column."""
