"""Gatehouse: may this person come in, now?"""
