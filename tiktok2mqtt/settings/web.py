"""The section `web`: the page, overlays, feed and metrics of `tiktok2mqtt web`."""

import ipaddress
import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator

from tiktok2mqtt.settings.fields import Kind, Secret, Text, Whole, split_list, without_duplicates
from tiktok2mqtt.settings.sections import Section

MIN_TOKEN_CHARS = 16
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\[\]:-]{1,255}")


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError("must be an IP address, such as 127.0.0.1, or 0.0.0.0 for all") from None


def _header(text: str | None) -> str | None:
    if text is not None and not _HEADER.fullmatch(text):
        raise ValueError("must be the name of an HTTP header, such as Remote-User")
    return text


def _path(text: str) -> str:
    text = text.rstrip("/")
    if not _PATH.fullmatch(text) or ".." in text:
        raise ValueError("must be a path such as /tiktok, of letters, digits and . _ ~ -")
    return text


def _host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise ValueError("must be host names without a port, such as tiktok.example.org")
    return text.lower()


def _origin(text: str) -> str:
    if not _ORIGIN.fullmatch(text):
        raise ValueError("must be origins such as http://localhost:8000, without a path")
    return text.lower()


_LIST = (BeforeValidator(split_list), AfterValidator(without_duplicates))
Address = Annotated[str, AfterValidator(_address), Kind("an IP address")]
Addresses = Annotated[list[Annotated[str, AfterValidator(_address)]], *_LIST, Kind("a list of IP addresses")]
Hosts = Annotated[list[Annotated[str, AfterValidator(_host)]], *_LIST, Kind("a list of host names")]
Origins = Annotated[list[Annotated[str, AfterValidator(_origin)]], *_LIST, Kind("a list of origins")]
Header = Annotated[str | None, AfterValidator(_header), Kind("the name of a header")]
UrlPath = Annotated[str, AfterValidator(_path), Kind("a path")]


class WebSettings(Section):
    """The web program, `tiktok2mqtt web`; the daemon does not use them."""

    token: Secret = Field(
        default=None,
        description=f"Password of the page, at least {MIN_TOKEN_CHARS} characters. Overlays get tokens made from it.",
    )
    proxy_header: Header = Field(
        default=None,
        description="Header in which a reverse proxy names the user that it has let in, for example `Remote-User`; "
        "used instead of a token.",
    )
    proxies: Addresses = Field(
        default=["127.0.0.1", "::1"], description="Addresses of the reverse proxies whose `web.proxy_header` counts."
    )
    listen: Address = Field(
        default="127.0.0.1",
        validate_default=True,
        description="Address to listen on. Any other than a loopback address needs `web.token` or `web.proxy_header`.",
    )
    port: Whole = Field(default=8094, ge=1, le=65535, description="Port to listen on.")
    hosts: Hosts = Field(
        default=[],
        description="Host names under which browsers may open the page, in addition to `localhost` and IP addresses.",
    )
    origins: Origins = Field(
        default=[],
        description="Origins of other pages that may read `/events`; with `web.token`, they need a token as well.",
    )
    base_path: UrlPath = Field(default="", max_length=100, description="Path below which a reverse proxy serves it.")
    client_id: Text = Field(
        default="tiktok2mqtt-web",
        max_length=128,
        description="MQTT client identifier of the web program. The broker keeps its session while it is away; with "
        "MQTT 5, for an hour.",
    )
    pictures: bool = Field(
        default=False, description="Let the browser load profile pictures and gifts' pictures from TikTok."
    )
    max_clients: Whole = Field(
        default=100, ge=1, le=10_000, description="Maximum number of open pages, overlays and feeds."
    )

    @field_validator("token")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < MIN_TOKEN_CHARS:
            raise ValueError(f"must have at least {MIN_TOKEN_CHARS} characters")
        return value

    @field_validator("listen")
    @classmethod
    def _protected(cls, value: str, info: ValidationInfo) -> str:
        unprotected = info.data.get("token", "") is None and info.data.get("proxy_header", "") is None
        if unprotected and not ipaddress.ip_address(value).is_loopback:
            raise ValueError("must be a loopback address such as 127.0.0.1, unless web.token is set")
        return value
