"""What a reviewer asks of the record and of people: questions, each with its rows."""
