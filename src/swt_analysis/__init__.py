"""From the measurement rounds of social neighbourhood teams to reports."""
