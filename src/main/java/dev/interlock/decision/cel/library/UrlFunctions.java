package dev.interlock.decision.cel.library;

import static dev.interlock.decision.cel.library.Kind.STRING;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import java.util.List;

/// The functions on URLs.
final class UrlFunctions {
    private static final Kind<Url> URL = new Kind<>(Url.TYPE, Url.class);

    private UrlFunctions() {}

    static List<Overload> overloads() {
        CelType string = SimpleType.STRING;
        return List.of(
                Overload.global("url", "string_to_url", Url.TYPE, STRING, Url::parse),
                Overload.global("isURL", "is_url_string", SimpleType.BOOL, STRING, UrlFunctions::isUrl),
                Overload.member("getScheme", "url_get_scheme", string, URL, Url::scheme),
                Overload.member("getHost", "url_get_host", string, URL, Url::host),
                Overload.member("getHostname", "url_get_hostname", string, URL, Url::hostname),
                Overload.member("getPort", "url_get_port", string, URL, Url::port),
                Overload.member("getEscapedPath", "url_get_escaped_path", string, URL, Url::escapedPath),
                Overload.member(
                        "getQuery", "url_get_query", MapType.create(string, ListType.create(string)), URL, Url::query));
    }

    private static boolean isUrl(String text) {
        try {
            Url.validate(text);
            return true;
        } catch (Failure e) {
            return false;
        }
    }
}
