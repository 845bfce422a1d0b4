package dev.interlock.decision.cel.library;

import com.google.errorprone.annotations.Immutable;
import dev.cel.common.types.OpaqueType;

/// A block of addresses: an address and how many of its bits they share. The other bits are kept as they were
/// written.
@Immutable
final class Cidr extends Opaque {
    static final OpaqueType TYPE = OpaqueType.create("net.CIDR");

    private final Ip ip;
    private final int bits;

    private Cidr(Ip ip, int bits) {
        this.ip = ip;
        this.bits = bits;
    }

    static Cidr parse(String text) throws Failure {
        int slash = text.lastIndexOf('/');
        if (slash < 0) {
            throw new Failure("network address without '/'");
        }
        // What may not stand in an address may not stand in a block either.
        Ip ip = Ip.parse(text.substring(0, slash));
        int bits = bits(text.substring(slash + 1));
        if (bits > ip.bits()) {
            throw new Failure("prefix length out of range");
        }
        return new Cidr(ip, bits);
    }

    private static int bits(String digits) throws Failure {
        boolean valid = !digits.isEmpty()
                && digits.length() <= 3
                && digits.chars().allMatch(each -> each >= '0' && each <= '9')
                && (digits.length() == 1 || digits.charAt(0) != '0');
        if (!valid) {
            throw new Failure("bad bits after slash");
        }
        return Integer.parseInt(digits);
    }

    Ip ip() {
        return ip;
    }

    int bits() {
        return bits;
    }

    Cidr masked() {
        return new Cidr(ip.masked(bits), bits);
    }

    boolean contains(Ip address) {
        return address.family() == ip.family() && address.masked(bits).equals(ip.masked(bits));
    }

    boolean contains(Cidr other) {
        return bits <= other.bits && contains(other.ip);
    }

    @Override
    public OpaqueType celType() {
        return TYPE;
    }

    @Override
    public String toString() {
        return ip + "/" + bits;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr cidr && cidr.bits == bits && cidr.ip.equals(ip);
    }

    @Override
    public int hashCode() {
        return ip.hashCode() * 31 + bits;
    }
}
