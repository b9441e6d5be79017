"""Python apps judged inside this process: no server and no port; they are called as a server calls them."""
