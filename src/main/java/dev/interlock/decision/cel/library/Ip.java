package dev.interlock.decision.cel.library;

import com.google.errorprone.annotations.Immutable;
import dev.cel.common.types.OpaqueType;
import java.util.Arrays;

/// An IP address, as Go's `netip` reads and writes it.
@Immutable
final class Ip extends Opaque {
    static final OpaqueType TYPE = OpaqueType.create("net.IP");

    private static final int V4_BITS = 32;
    private static final int V6_BITS = 128;

    private final boolean v6;

    /// The upper 64 of 128 bits; 0 in an IPv4 address.
    private final long high;

    /// The lower 64 of 128 bits, or the 32 of an IPv4 address.
    private final long low;

    Ip(boolean v6, long high, long low) {
        this.v6 = v6;
        this.high = high;
        this.low = low;
    }

    /// Reads an address as functions of expressions take it: no zone, and no IPv4 address within IPv6.
    static Ip parse(String text) throws Failure {
        String bytes = GoText.bytes(text);
        Ip address = parseAny(bytes);
        if (bytes.indexOf('%') >= 0) {
            throw new Failure("IP address with zone value is not allowed");
        }
        if (address.isV4InV6()) {
            throw new Failure("IPv4-mapped IPv6 address is not allowed");
        }
        return address;
    }

    /// Reads any address; what is said of one that is none is what `netip.ParseAddr` says. A zone is passed
    /// over.
    static Ip parseAny(String bytes) throws Failure {
        for (int i = 0; i < bytes.length(); i++) {
            switch (bytes.charAt(i)) {
                case '.' -> {
                    return new Ip(false, 0, parseV4(bytes, 0, bytes.length()));
                }
                case ':' -> {
                    return new V6Reader(bytes).read();
                }
                case '%' -> throw bad(bytes, "missing IPv6 address");
                default -> {
                    // Goes on to what tells the two apart.
                }
            }
        }
        throw bad(bytes, "unable to parse IP");
    }

    private static long parseV4(String bytes, int start, int end) throws Failure {
        long address = 0;
        int octet = 0;
        int digits = 0;
        int dots = 0;
        for (int i = start; i < end; i++) {
            char each = bytes.charAt(i);
            if (each >= '0' && each <= '9') {
                if (digits == 1 && octet == 0) {
                    throw bad(bytes, "IPv4 field has octet with leading zero");
                }
                octet = octet * 10 + each - '0';
                digits++;
                if (octet > 255) {
                    throw bad(bytes, "IPv4 field has value >255");
                }
            } else if (each == '.') {
                if (i == start || i == end - 1 || bytes.charAt(i - 1) == '.') {
                    throw bad(bytes, "IPv4 field must have at least one digit", bytes.substring(i, end));
                }
                if (dots == 3) {
                    throw bad(bytes, "IPv4 address too long");
                }
                address = address << 8 | octet;
                dots++;
                octet = 0;
                digits = 0;
            } else {
                throw bad(bytes, "unexpected character", bytes.substring(i, end));
            }
        }
        if (dots < 3) {
            throw bad(bytes, "IPv4 address too short");
        }
        return address << 8 | octet;
    }

    private static Failure bad(String bytes, String fault) {
        return new Failure("ParseAddr(" + GoText.quotedBytes(bytes) + "): " + fault);
    }

    private static Failure bad(String bytes, String fault, String at) {
        return at.isEmpty()
                ? bad(bytes, fault)
                : new Failure(bad(bytes, fault).reason() + " (at " + GoText.quotedBytes(at) + ")");
    }

    int family() {
        return v6 ? 6 : 4;
    }

    int bits() {
        return v6 ? V6_BITS : V4_BITS;
    }

    boolean isV4InV6() {
        return v6 && high == 0 && low >>> 32 == 0xffff;
    }

    boolean isUnspecified() {
        return high == 0 && low == 0;
    }

    boolean isLoopback() {
        return v6 ? high == 0 && low == 1 : low >>> 24 == 127;
    }

    boolean isMulticast() {
        return v6 ? high >>> 56 == 0xff : low >>> 28 == 0xe;
    }

    boolean isLinkLocalMulticast() {
        return v6 ? (high >>> 48 & 0xff0f) == 0xff02 : low >>> 8 == 0xe00000;
    }

    boolean isLinkLocalUnicast() {
        return v6 ? (high >>> 48 & 0xffc0) == 0xfe80 : low >>> 16 == 0xa9fe;
    }

    boolean isGlobalUnicast() {
        return !isUnspecified()
                && (v6 || low != 0xffffffffL)
                && !isLoopback()
                && !isMulticast()
                && !isLinkLocalUnicast();
    }

    /// The address with all bits behind the first `bits` cleared.
    Ip masked(int bits) {
        int cleared = bits() - bits;
        if (!v6) {
            return new Ip(false, 0, low & -1L << cleared & 0xffffffffL);
        }
        return cleared >= 64
                ? new Ip(true, cleared == V6_BITS ? 0 : high & -1L << (cleared - 64), 0)
                : new Ip(true, high, low & -1L << cleared);
    }

    @Override
    public OpaqueType celType() {
        return TYPE;
    }

    /// The canonical form: for IPv6 lower case, and the first of the longest runs of zeros left out.
    @Override
    public String toString() {
        if (!v6) {
            return (low >>> 24) + "." + (low >>> 16 & 0xff) + "." + (low >>> 8 & 0xff) + "." + (low & 0xff);
        }
        int longest = 0;
        int length = 1;
        for (int from = 0; from < 8; from++) {
            int to = from;
            while (to < 8 && group(to) == 0) {
                to++;
            }
            if (to - from > length) {
                longest = from;
                length = to - from;
            }
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (length > 1 && i == longest) {
                out.append("::");
                i += length - 1;
            } else {
                if (i > 0 && out.charAt(out.length() - 1) != ':') {
                    out.append(':');
                }
                out.append(Integer.toHexString(group(i)));
            }
        }
        return out.toString();
    }

    private int group(int index) {
        return (int) ((index < 4 ? high : low) >>> (48 - index % 4 * 16) & 0xffff);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Ip ip && ip.v6 == v6 && ip.high == high && ip.low == low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high * 31 + low);
    }

    /// Reads groups of hexadecimal digits, of which `::` may leave out some, and IPv4 at the end.
    private static final class V6Reader {
        private final String bytes;
        private final String address;
        private final int[] groups = new int[8];
        private int at;
        private int count;
        private int ellipsis = -1;

        V6Reader(String bytes) throws Failure {
            this.bytes = bytes;
            int percent = bytes.indexOf('%');
            if (percent == bytes.length() - 1) {
                throw bad(bytes, "zone must be a non-empty string");
            }
            this.address = percent < 0 ? bytes : bytes.substring(0, percent);
        }

        Ip read() throws Failure {
            if (address.startsWith("::")) {
                ellipsis = 0;
                at = 2;
            }
            boolean more = at < address.length() || ellipsis < 0;
            while (more && count < 8) {
                more = readGroup();
            }
            if (at < address.length()) {
                throw bad(bytes, "trailing garbage after address", rest());
            }
            if (count == 8 && ellipsis >= 0) {
                throw bad(bytes, "the :: must expand to at least one field of zeros");
            }
            if (count < 8) {
                if (ellipsis < 0) {
                    throw bad(bytes, "address string too short");
                }
                int behind = count - ellipsis;
                System.arraycopy(groups, ellipsis, groups, 8 - behind, behind);
                Arrays.fill(groups, ellipsis, 8 - behind, 0);
            }
            return new Ip(true, half(0), half(4));
        }

        private long half(int first) {
            long half = 0;
            for (int i = first; i < first + 4; i++) {
                half = half << 16 | groups[i];
            }
            return half;
        }

        /// Reads one group with what parts it from the next, and says whether there is a next.
        private boolean readGroup() throws Failure {
            int start = at;
            int value = 0;
            while (at < address.length() && Character.digit(address.charAt(at), 16) >= 0) {
                if (at - start > 3) {
                    throw bad(bytes, "each group must have 4 or less digits", address.substring(start));
                }
                value = value << 4 | Character.digit(address.charAt(at), 16);
                at++;
            }
            if (at == start) {
                throw bad(bytes, "each colon-separated field must have at least one digit", rest());
            }
            if (address.startsWith(".", at)) {
                readV4(start);
                return false;
            }
            groups[count++] = value;
            if (at == address.length()) {
                return false;
            }
            if (address.charAt(at) != ':') {
                throw bad(bytes, "unexpected character, want colon", rest());
            }
            if (at == address.length() - 1) {
                throw bad(bytes, "colon must be followed by more characters", rest());
            }
            at++;
            if (address.charAt(at) == ':') {
                if (ellipsis >= 0) {
                    throw bad(bytes, "multiple :: in address", rest());
                }
                ellipsis = count;
                at++;
            }
            return at < address.length();
        }

        private void readV4(int start) throws Failure {
            if (ellipsis < 0 && count != 6) {
                throw bad(
                        bytes,
                        "embedded IPv4 address must replace the final 2 fields of the address",
                        address.substring(start));
            }
            if (count > 6) {
                throw bad(
                        bytes,
                        "too many hex fields to fit an embedded IPv4 at the end of the address",
                        address.substring(start));
            }
            long v4 = parseV4(bytes, start, address.length());
            groups[count++] = (int) (v4 >>> 16);
            groups[count++] = (int) (v4 & 0xffff);
            at = address.length();
        }

        private String rest() {
            return address.substring(at);
        }
    }
}
