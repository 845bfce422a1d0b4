package dev.interlock.decision.cel.library;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Texts as Go has them: sequences of bytes, of which UTF-8 is made.
final class GoText {
    private static final HexFormat HEX = HexFormat.of();

    /// U+FFFD itself, as bytes: what is decoded to it need not have been it.
    private static final String REPLACEMENT = bytes("\uFFFD");

    private GoText() {}

    /// The UTF-8 bytes of a text, one character for each, so that positions and lengths are those that Go
    /// counts.
    static String bytes(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            }
        }
        return text;
    }

    /// The text that bytes stand for; what is not UTF-8 becomes U+FFFD.
    static String decoded(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /// The order of the UTF-8 bytes, which is the order of the code points and not that of [String#compareTo].
    static int compare(String one, String other) {
        int common = Math.min(one.length(), other.length());
        for (int i = 0; i < common; i++) {
            char a = one.charAt(i);
            char b = other.charAt(i);
            if (a != b) {
                return Integer.compare(rank(a), rank(b));
            }
        }
        return Integer.compare(one.length(), other.length());
    }

    private static int rank(char unit) {
        return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
    }

    /// The text between quotes as `%q` writes it.
    static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(each -> quote(each, out));
        return out.append('"').toString();
    }

    /// Bytes between quotes as `%q` writes them.
    static String quotedBytes(String bytes) {
        StringBuilder out = new StringBuilder(bytes.length() + 2).append('"');
        int at = 0;
        while (at < bytes.length()) {
            if (bytes.charAt(at) < 0x80) {
                quote(bytes.charAt(at), out);
                at++;
                continue;
            }
            int size = size(bytes.charAt(at));
            String one = decoded(bytes.substring(at, Math.min(at + size, bytes.length())));
            if (one.startsWith("\uFFFD") && !bytes.startsWith(REPLACEMENT, at)) {
                out.append("\\x").append(HEX.toHexDigits((byte) bytes.charAt(at)));
                at++;
            } else {
                quote(one.codePointAt(0), out);
                at += size;
            }
        }
        return out.append('"').toString();
    }

    private static int size(char lead) {
        if (lead < 0xc2 || lead > 0xf4) {
            return 1;
        }
        return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    }

    static void quote(int codePoint, StringBuilder out) {
        switch (codePoint) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case 0x07 -> out.append("\\a");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case 0x0b -> out.append("\\v");
            default -> {
                if (isPrintable(codePoint)) {
                    out.appendCodePoint(codePoint);
                } else if (codePoint < ' ' || codePoint == 0x7f) {
                    out.append("\\x").append(HEX.toHexDigits((byte) codePoint));
                } else if (codePoint < 0x10000) {
                    out.append("\\u").append(HEX.toHexDigits((short) codePoint));
                } else {
                    out.append("\\U").append(HEX.toHexDigits(codePoint));
                }
            }
        }
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> codePoint == ' ';
            default -> true;
        };
    }

    /// A number as `%g` writes it: the fewest digits that read back as the same number.
    static String shortest(double number) {
        if (Double.isNaN(number)) {
            return "NaN";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "+Inf" : "-Inf";
        }
        String sign = Double.doubleToRawLongBits(number) < 0 ? "-" : "";
        if (number == 0) {
            return sign + "0";
        }
        BigDecimal digits = fewestDigits(Math.abs(number));
        int exponent = digits.precision() - digits.scale() - 1;
        if (exponent >= -4 && exponent < 6) {
            return sign + digits.toPlainString();
        }
        String unscaled = digits.unscaledValue().toString();
        String fraction = unscaled.length() > 1 ? "." + unscaled.substring(1) : "";
        String power = (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
        return sign + unscaled.charAt(0) + fraction + (exponent < 0 ? "e-" : "e+") + power;
    }

    /// The decimal number of fewest digits that is read as this one, which is not negative.
    static BigDecimal fewestDigits(double number) {
        // Java writes two digits where one would do, such as 4.9E-324.
        BigDecimal one = new BigDecimal(number).round(new MathContext(1));
        return one.doubleValue() == number ? one : new BigDecimal(Double.toString(number)).stripTrailingZeros();
    }
}
