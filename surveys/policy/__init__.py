"""Pure rules of asking: is an ask due, when, through which channel, may it be sent, and why not."""
