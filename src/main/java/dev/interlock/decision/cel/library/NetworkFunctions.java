package dev.interlock.decision.cel.library;

import static dev.interlock.decision.cel.library.Kind.STRING;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import java.util.List;

/// The functions on IP addresses and on blocks of them.
final class NetworkFunctions {
    private static final Kind<Ip> IP = new Kind<>(Ip.TYPE, Ip.class);
    private static final Kind<Cidr> CIDR = new Kind<>(Cidr.TYPE, Cidr.class);

    private NetworkFunctions() {}

    static List<Overload> overloads() {
        CelType bool = SimpleType.BOOL;
        return List.of(
                Overload.global("ip", "string_to_ip", Ip.TYPE, STRING, Ip::parse),
                Overload.global("isIP", "is_ip", bool, STRING, NetworkFunctions::isIp),
                Overload.global(
                        "ip.isCanonical",
                        "ip_is_canonical",
                        bool,
                        STRING,
                        text -> Ip.parse(text).toString().equals(text)),
                Overload.global("string", "ip_to_string", SimpleType.STRING, IP, Ip::toString),
                Overload.member("family", "ip_family", SimpleType.INT, IP, ip -> (long) ip.family()),
                Overload.member("isUnspecified", "ip_is_unspecified", bool, IP, Ip::isUnspecified),
                Overload.member("isLoopback", "ip_is_loopback", bool, IP, Ip::isLoopback),
                Overload.member(
                        "isLinkLocalMulticast", "ip_is_link_local_multicast", bool, IP, Ip::isLinkLocalMulticast),
                Overload.member("isLinkLocalUnicast", "ip_is_link_local_unicast", bool, IP, Ip::isLinkLocalUnicast),
                Overload.member("isGlobalUnicast", "ip_is_global_unicast", bool, IP, Ip::isGlobalUnicast),
                Overload.global("cidr", "string_to_cidr", Cidr.TYPE, STRING, Cidr::parse),
                Overload.global("isCIDR", "is_cidr", bool, STRING, NetworkFunctions::isCidr),
                Overload.global("string", "cidr_to_string", SimpleType.STRING, CIDR, Cidr::toString),
                Overload.member("ip", "cidr_ip", Ip.TYPE, CIDR, Cidr::ip),
                Overload.member("masked", "cidr_masked", Cidr.TYPE, CIDR, Cidr::masked),
                Overload.member("prefixLength", "cidr_prefix_length", SimpleType.INT, CIDR, cidr -> (long) cidr.bits()),
                Overload.member(
                        "containsIP",
                        "cidr_contains_ip_string",
                        bool,
                        CIDR,
                        STRING,
                        (cidr, ip) -> cidr.contains(Ip.parse(ip))),
                Overload.member("containsIP", "cidr_contains_ip_ip", bool, CIDR, IP, Cidr::contains),
                Overload.member(
                        "containsCIDR",
                        "cidr_contains_cidr_string",
                        bool,
                        CIDR,
                        STRING,
                        (cidr, other) -> cidr.contains(Cidr.parse(other))),
                Overload.member("containsCIDR", "cidr_contains_cidr", bool, CIDR, CIDR, Cidr::contains));
    }

    private static boolean isIp(String text) {
        try {
            Ip.parse(text);
            return true;
        } catch (Failure e) {
            return false;
        }
    }

    private static boolean isCidr(String text) {
        try {
            Cidr.parse(text);
            return true;
        } catch (Failure e) {
            return false;
        }
    }
}
