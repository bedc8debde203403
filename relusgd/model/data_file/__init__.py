"""Two columns of numbers from a data file as people have them: CSV and its relatives.

`content` reads the bytes and names what is no table; `rows` cuts text at a delimiter; `layout`
finds the delimiter and the first row of data, and `header` the row of names above it; `numbers`,
`dates` and `missing` say what a cell means, and `wrong_cells` why it means nothing; `marks` decides
about points and commas from a whole column; `choice` says which columns; `data_rows` are the rows
below the header, and `column` the cells of one column; `columns` is the face.

No separator is ever guessed: what could mean two numbers is refused with both of them.
"""
