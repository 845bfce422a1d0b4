package dev.interlock.decision.cel.library;

import com.google.errorprone.annotations.Immutable;
import dev.cel.common.types.OpaqueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A URL, as Go's `net/url` reads it. All parts are kept as bytes, see [GoText#bytes(String)].
@Immutable
final class Url extends Opaque {
    static final OpaqueType TYPE = OpaqueType.create("kubernetes.URL");

    /// The parameters of a query that Go reads; where there are more it reads none.
    private static final int MAX_PARAMETERS = 10_000;

    private final String scheme;
    private final String host;
    private final String escapedPath;
    private final String query;

    /// The URL written out again, by which two are equal.
    private final String text;

    private Url(String scheme, String host, String escapedPath, String query, String text) {
        this.scheme = scheme;
        this.host = host;
        this.escapedPath = escapedPath;
        this.query = query;
        this.text = text;
    }

    /// Reads an absolute URL or an absolute path, with a fragment or without.
    static Url parse(String text) throws Failure {
        validate(text);
        String bytes = GoText.bytes(text);
        int hash = bytes.indexOf('#');
        return hash < 0 ? parse(bytes, "") : parse(bytes.substring(0, hash), bytes.substring(hash + 1));
    }

    /// Refuses what is no absolute URL and no absolute path. A fragment is taken for a part of what is before
    /// it, so more is refused than has to be.
    static void validate(String text) throws Failure {
        String bytes = GoText.bytes(text);
        try {
            new Reader(bytes, true).read("");
        } catch (Failure e) {
            throw new Failure("parse " + GoText.quotedBytes(bytes) + ": " + e.reason());
        }
    }

    private static Url parse(String bytes, String fragment) throws Failure {
        return new Reader(bytes, false).read(fragment);
    }

    String scheme() {
        return scheme;
    }

    /// The host with its port.
    String host() {
        return GoText.decoded(host);
    }

    String hostname() {
        int colon = portColon();
        String name = colon < 0 ? host : host.substring(0, colon);
        boolean bracketed = name.startsWith("[") && name.endsWith("]");
        return GoText.decoded(bracketed ? name.substring(1, name.length() - 1) : name);
    }

    String port() {
        int colon = portColon();
        return colon < 0 ? "" : host.substring(colon + 1);
    }

    private int portColon() {
        int colon = host.lastIndexOf(':');
        return colon >= 0 && isOptionalPort(host.substring(colon)) ? colon : -1;
    }

    String escapedPath() {
        return GoText.decoded(escapedPath);
    }

    /// The values of each parameter. What cannot be read as one is left out.
    Map<String, List<String>> query() {
        Map<String, List<String>> values = new LinkedHashMap<>();
        if (query.chars().filter(each -> each == '&').count() >= MAX_PARAMETERS) {
            return values;
        }
        for (String parameter : query.split("&", -1)) {
            if (parameter.isEmpty() || parameter.indexOf(';') >= 0) {
                continue;
            }
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            String value = equals < 0 ? "" : parameter.substring(equals + 1);
            try {
                String key = GoText.decoded(Part.QUERY.unescaped(name));
                String decoded = GoText.decoded(Part.QUERY.unescaped(value));
                values.computeIfAbsent(key, _ -> new ArrayList<>()).add(decoded);
            } catch (Failure e) {
                // Left out, as Go leaves it out.
            }
        }
        return values;
    }

    private static boolean isOptionalPort(String suffix) {
        return suffix.isEmpty()
                || (suffix.charAt(0) == ':' && suffix.chars().skip(1).allMatch(each -> each >= '0' && each <= '9'));
    }

    @Override
    public OpaqueType celType() {
        return TYPE;
    }

    @Override
    public String toString() {
        return GoText.decoded(text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Url url && url.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /// The parts of a URL, by what may stand in them as it is.
    private enum Part {
        PATH("-_.~$&+,/:;=@"),
        USER("-_.~$&+,;="),
        HOST("-_.~!$&'()*+,;=:[]<>\""),
        ZONE("-_.~!$&'()*+,;=:[]<>\""),
        QUERY("-_.~"),
        FRAGMENT("-_.~$&+,/:;=?@!()*");

        private static final String HEX = "0123456789ABCDEF";

        private final String plain;

        Part(String plain) {
            this.plain = plain;
        }

        private boolean escapes(char each) {
            boolean alphanumeric =
                    (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || (each >= '0' && each <= '9');
            return !alphanumeric && plain.indexOf(each) < 0;
        }

        String escaped(String bytes) {
            StringBuilder out = new StringBuilder(bytes.length());
            for (int i = 0; i < bytes.length(); i++) {
                char each = bytes.charAt(i);
                if (escapes(each)) {
                    out.append('%').append(HEX.charAt(each >> 4)).append(HEX.charAt(each & 0xf));
                } else {
                    out.append(each);
                }
            }
            return out.toString();
        }

        String unescaped(String bytes) throws Failure {
            StringBuilder out = new StringBuilder(bytes.length());
            int at = 0;
            while (at < bytes.length()) {
                char each = bytes.charAt(at);
                if (each == '%') {
                    out.append(escape(bytes, at));
                    at += 3;
                } else {
                    if ((this == HOST || this == ZONE) && each < 0x80 && escapes(each)) {
                        throw new Failure(
                                "invalid character " + GoText.quotedBytes(String.valueOf(each)) + " in host name");
                    }
                    out.append(each == '+' && this == QUERY ? ' ' : each);
                    at++;
                }
            }
            return out.toString();
        }

        private char escape(String bytes, int at) throws Failure {
            String escape = bytes.substring(at, Math.min(at + 3, bytes.length()));
            int high = escape.length() < 3 ? -1 : Character.digit(escape.charAt(1), 16);
            int low = escape.length() < 3 ? -1 : Character.digit(escape.charAt(2), 16);
            boolean valid = high >= 0 && low >= 0;
            char value = (char) (high << 4 | low);
            // A host holds escapes of what is not ASCII only, a zone of what could stand there as it is.
            if (valid && !escape.equals("%25")) {
                valid = switch (this) {
                    case HOST -> high >= 8;
                    case ZONE -> value == ' ' || !HOST.escapes(value);
                    default -> true;
                };
            }
            if (!valid) {
                throw new Failure("invalid URL escape " + GoText.quotedBytes(escape));
            }
            return value;
        }

        /// The text as it was written, if that is a way to escape it, else the usual way.
        String rewritten(String raw, String decoded) {
            return isEscaped(raw) ? raw : escaped(decoded);
        }

        private boolean isEscaped(String raw) {
            for (int i = 0; i < raw.length(); i++) {
                char each = raw.charAt(i);
                if ("!$&'()*+,;=:@[]%".indexOf(each) < 0 && escapes(each)) {
                    return false;
                }
            }
            return true;
        }
    }

    /// Reads a URL without its fragment.
    private static final class Reader {
        private final String bytes;
        private final boolean absolute;

        /// @param absolute whether a relative path is refused
        Reader(String bytes, boolean absolute) {
            this.bytes = bytes;
            this.absolute = absolute;
        }

        Url read(String fragment) throws Failure {
            if (bytes.chars().anyMatch(each -> each < ' ' || each == 0x7f)) {
                throw new Failure("net/url: invalid control character in URL");
            }
            if (bytes.isEmpty() && absolute) {
                throw new Failure("empty url");
            }
            if (bytes.equals("*")) {
                return written("", "*", "", false, "*", "", fragment);
            }
            int colon = schemeEnd();
            String scheme = bytes.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT);
            String rest = bytes.substring(colon + 1);
            int mark = rest.indexOf('?');
            String query = mark < 0 ? "" : rest.substring(mark + 1);
            String path = mark < 0 ? rest : rest.substring(0, mark);
            boolean emptyQuery = mark >= 0 && query.isEmpty();

            if (!path.startsWith("/")) {
                if (!scheme.isEmpty()) {
                    return written(scheme, path, query, emptyQuery, "", "", fragment);
                }
                refuseRelative(path);
            }
            boolean hasAuthority =
                    path.startsWith("//") && (!scheme.isEmpty() || (!absolute && !path.startsWith("///")));
            if (!hasAuthority) {
                return written(scheme, escaped(path), query, emptyQuery, escaped(path), "", fragment);
            }
            int slash = path.indexOf('/', 2);
            String authority = path.substring(2, slash < 0 ? path.length() : slash);
            String behind = slash < 0 ? "" : path.substring(slash);
            int at = authority.lastIndexOf('@');
            String host = host(scheme, authority.substring(at + 1));
            String user = at < 0 ? null : user(authority.substring(0, at));
            String shown = shown(user, host, behind);
            return written(scheme, shown, query, emptyQuery, escaped(behind), host, fragment);
        }

        private static String shown(@Nullable String user, String host, String path) throws Failure {
            String slashes = !host.isEmpty() || !path.isEmpty() || user != null ? "//" : "";
            String before = user == null ? slashes : slashes + user + "@";
            return before + Part.HOST.escaped(host) + escaped(path);
        }

        private static String escaped(String path) throws Failure {
            String decoded = Part.PATH.unescaped(path);
            return decoded.equals("*") ? "*" : Part.PATH.rewritten(path, decoded);
        }

        private static Url written(
                String scheme,
                String middle,
                String query,
                boolean emptyQuery,
                String escapedPath,
                String host,
                String fragment)
                throws Failure {
            String text = (scheme.isEmpty() ? "" : scheme + ":")
                    + middle
                    + (query.isEmpty() && !emptyQuery ? "" : "?" + query)
                    + (fragment.isEmpty()
                            ? ""
                            : "#" + Part.FRAGMENT.rewritten(fragment, Part.FRAGMENT.unescaped(fragment)));
            return new Url(scheme, host, escapedPath, query, text);
        }

        /// Where the colon behind the scheme is; -1 if there is no scheme.
        private int schemeEnd() throws Failure {
            for (int i = 0; i < bytes.length(); i++) {
                char each = bytes.charAt(i);
                if (each == ':') {
                    if (i == 0) {
                        throw new Failure("missing protocol scheme");
                    }
                    return i;
                }
                boolean letter = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z');
                boolean later = (each >= '0' && each <= '9') || each == '+' || each == '-' || each == '.';
                if (!letter && (i == 0 || !later)) {
                    return -1;
                }
            }
            return -1;
        }

        private void refuseRelative(String path) throws Failure {
            if (absolute) {
                throw new Failure("invalid URI for request");
            }
            int slash = path.indexOf('/');
            if (path.substring(0, slash < 0 ? path.length() : slash).indexOf(':') >= 0) {
                throw new Failure("first path segment in URL cannot contain colon");
            }
        }

        private static String user(String userinfo) throws Failure {
            boolean valid = userinfo.chars()
                    .allMatch(each -> (each >= 'a' && each <= 'z')
                            || (each >= 'A' && each <= 'Z')
                            || (each >= '0' && each <= '9')
                            || "-._:~!$&'()*+,;=%@".indexOf(each) >= 0);
            if (!valid) {
                throw new Failure("net/url: invalid userinfo");
            }
            int colon = userinfo.indexOf(':');
            if (colon < 0) {
                return Part.USER.escaped(Part.USER.unescaped(userinfo));
            }
            String name = Part.USER.unescaped(userinfo.substring(0, colon));
            String password = Part.USER.unescaped(userinfo.substring(colon + 1));
            return Part.USER.escaped(name) + ":" + Part.USER.escaped(password);
        }

        private static String host(String scheme, String host) throws Failure {
            int bracket = host.lastIndexOf('[');
            if (bracket > 0) {
                throw new Failure("invalid IP-literal");
            }
            if (bracket == 0) {
                return bracketed(host);
            }
            int colon = host.indexOf(':');
            // Some databases have lists of hosts there, each with a port.
            if (!scheme.equals("http") && !scheme.equals("https")) {
                colon = host.lastIndexOf(':');
            }
            if (colon >= 0) {
                refuseUnlessPort(host.substring(colon));
            }
            return Part.HOST.unescaped(host);
        }

        private static String bracketed(String host) throws Failure {
            int close = host.lastIndexOf(']');
            if (close < 0) {
                throw new Failure("missing ']' in host");
            }
            refuseUnlessPort(host.substring(close + 1));
            String name = host.substring(1, close);
            int zone = name.indexOf("%25");
            String address = zone < 0
                    ? Part.HOST.unescaped(name)
                    : Part.HOST.unescaped(name.substring(0, zone)) + Part.ZONE.unescaped(name.substring(zone));
            Ip ip;
            try {
                ip = Ip.parseAny(address);
            } catch (Failure e) {
                throw new Failure("invalid host: " + e.reason());
            }
            if (ip.family() == 4) {
                throw new Failure("invalid IP-literal");
            }
            return "[" + address + "]" + host.substring(close + 1);
        }

        private static void refuseUnlessPort(String suffix) throws Failure {
            if (!isOptionalPort(suffix)) {
                throw new Failure("invalid port " + GoText.quotedBytes(suffix) + " after host");
            }
        }
    }
}
