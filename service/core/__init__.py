"""The pure core: facts, measure, rulebook, judge, decision. No database, no web, no clock."""
