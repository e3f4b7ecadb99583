"""What a person types at the service desk."""
