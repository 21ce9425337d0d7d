rmdev -dl en1
