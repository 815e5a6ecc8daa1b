"""REST over what is asked: journeys, surveys, customers, interactions, invitations."""
