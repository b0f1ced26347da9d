"""What several rules replace in the same way."""
