"""What twingen reports: findings and their codes, refusals, progress."""
