"""What runs in the account. Standard library only: the image holds nothing of ours."""
