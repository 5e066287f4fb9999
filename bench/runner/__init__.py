"""What makes numbers: plans, blocks, trainings, self-tests. Starts workers and keeps what they say."""
