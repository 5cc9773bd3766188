"""Files made elsewhere: fetched by digest, scanned unread, and run only in a confined process."""
