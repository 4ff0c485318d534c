"""HTTP and sockets: requests, websocket-client, proxies, cookies, frames."""
