"""
A day at the desk, played by as many processes as there are cashiers, and then compared with the
books.

``morning`` makes people and drawers ready; ``crew`` starts ``worker`` processes that play
``visits`` through the services; ``evening`` closes the shifts; ``comparison`` says what is wrong.
"""
