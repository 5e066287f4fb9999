"""What every report is made of: documents, pages, wording, the folder they are written to."""
