"""Tables of numbers from files: one room for each kind of file, one for what is made of them.

Readers return a :class:`~numeric.tables.table.Table`, as faithful to the file as float64 allows;
:mod:`numeric.tables.choice` leaves columns out, fills in and refuses.
"""
