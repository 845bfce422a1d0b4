package dev.interlock.workload;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;

/// The one way in which a tree becomes bytes: members in the order of their names (by UTF-16 code unit), no
/// white space, the escapes of RFC 8785 §3.2.2.2, whole numbers in decimal, other numbers as
/// [Double#toString(double)] writes them. Equal trees give equal bytes on every machine and in every locale.
public final class Canonical {
    private static final HexFormat HEX = HexFormat.of();

    private Canonical() {}

    public static byte[] bytes(Node node) {
        return text(node).getBytes(StandardCharsets.UTF_8);
    }

    public static String text(Node node) {
        StringBuilder out = new StringBuilder(256);
        write(node, out);
        return out.toString();
    }

    /// SHA-256 over the canonical bytes, 64 lower-case hexadecimal digits.
    public static String sha256(Node node) {
        return HEX.formatHex(sha256().digest(bytes(node)));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void write(Node node, StringBuilder out) {
        switch (node) {
            case Node.Obj object -> {
                out.append('{');
                Iterator<Map.Entry<String, Node>> members =
                        object.members().entrySet().iterator();
                while (members.hasNext()) {
                    Map.Entry<String, Node> member = members.next();
                    quote(member.getKey(), out);
                    out.append(':');
                    write(member.getValue(), out);
                    if (members.hasNext()) {
                        out.append(',');
                    }
                }
                out.append('}');
            }
            case Node.Arr array -> {
                out.append('[');
                Iterator<Node> items = array.items().iterator();
                while (items.hasNext()) {
                    write(items.next(), out);
                    if (items.hasNext()) {
                        out.append(',');
                    }
                }
                out.append(']');
            }
            case Node.Text text -> quote(text.value(), out);
            case Node.Int number -> out.append(number.value());
            case Node.Dec number -> out.append(number.value());
            case Node.Bool bool -> out.append(bool.value());
            case Node.Null _ -> out.append("null");
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        int written = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c == '"' || c == '\\') {
                out.append(text, written, i).append(escaped(c));
                written = i + 1;
            }
        }
        out.append(text, written, text.length()).append('"');
    }

    private static String escaped(char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> "\\u00" + HEX.toHexDigits((byte) c);
        };
    }
}
