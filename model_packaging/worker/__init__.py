"""The process that runs the user's code: what it is asked, what it answers, and how it ends."""
