package dev.interlock.admission;

import dev.interlock.decision.Caller;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// By what the API server is known: a certificate of an authority, and where that signs for others too, a name in it.
///
/// @param authority certificates, PEM; empty where none is configured, so that nobody can be known
/// @param names     the common name or DNS name that the certificate must have, one of these; none where any will do
public record Callers(Optional<String> authority, List<String> names) {
    private static final int DNS_NAME = 2;

    public static final Callers NOBODY_KNOWN = new Callers(Optional.empty(), List.of());

    public Callers {
        names = List.copyOf(names);
    }

    /// Who is at the other end. That the certificate is one of the authority's was seen in the handshake.
    Caller of(@Nullable SSLSession session) {
        if (authority.isEmpty()) {
            return Caller.UNVERIFIED;
        }
        try {
            Certificate[] shown = session == null ? new Certificate[0] : session.getPeerCertificates();
            return shown.length > 0 && shown[0] instanceof X509Certificate leaf && named(leaf)
                    ? Caller.MTLS
                    : Caller.STRANGER;
        } catch (SSLPeerUnverifiedException _) {
            return Caller.STRANGER;
        }
    }

    private boolean named(X509Certificate leaf) {
        return names.isEmpty() || namesIn(leaf).stream().anyMatch(names::contains);
    }

    private static Set<String> namesIn(X509Certificate leaf) {
        Set<String> found = new HashSet<>();
        try {
            new LdapName(leaf.getSubjectX500Principal().getName())
                    .getRdns().stream()
                            .filter(part -> part.getType().equalsIgnoreCase("CN"))
                            .forEach(part -> found.add(String.valueOf(part.getValue())));
            Collection<List<?>> alternatives = leaf.getSubjectAlternativeNames();
            if (alternatives != null) {
                alternatives.stream()
                        .filter(name -> Integer.valueOf(DNS_NAME).equals(name.get(0)))
                        .forEach(name -> found.add(String.valueOf(name.get(1))));
            }
        } catch (InvalidNameException | CertificateParsingException _) {
            // It has none that can be read.
        }
        return found;
    }
}
