"""Questions as AuthZEN asks them: judged as logins and calls are, while nothing is done."""
