package dev.interlock.kubernetes;

import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Whom the API server trusts when it calls a webhook: the authorities in a `caBundle`. It verifies much as Go does
/// (`crypto/x509`): the authority's own validity counts too, which Java leaves out.
///
/// @param authorities in the order of the bundle; none where there is no bundle
public record Trust(List<X509Certificate> authorities) {
    private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
    private static final String ANY_USE = "2.5.29.37.0";

    public static final Trust NOBODY = new Trust(List.of());

    public Trust {
        authorities = List.copyOf(authorities);
    }

    /// @param pem a bundle; what cannot be read in it vouches for nobody, as the API server has it
    public static Trust of(String pem) {
        try {
            return new Trust(CertifiedKey.certificates(pem));
        } catch (IOException unreadable) {
            return NOBODY;
        }
    }

    /// Who has signed the certificate in a Secret, as `ca.crt` beside it says.
    public static Trust of(Secret secret) {
        return of(CertifiedKey.text(secret, "ca.crt"));
    }

    /// As a `caBundle` holds it, before it is encoded.
    public String pem() {
        return CertifiedKey.pem(authorities);
    }

    /// What is wrong with a certificate whoever trusts whom: its time, its use, its names. Empty where nothing is.
    ///
    /// @param names DNS names and IPv4 addresses that it must be valid for
    public static Optional<String> problem(CertifiedKey serving, List<String> names, Instant now) {
        X509Certificate leaf = serving.leaf();
        if (now.isAfter(leaf.getNotAfter().toInstant())) {
            return Optional.of(
                    "it has expired at %s".formatted(leaf.getNotAfter().toInstant()));
        }
        if (now.isBefore(leaf.getNotBefore().toInstant())) {
            return Optional.of(
                    "it is not valid before %s".formatted(leaf.getNotBefore().toInstant()));
        }
        try {
            List<String> uses = leaf.getExtendedKeyUsage();
            if (uses != null && !uses.contains(SERVER_AUTHENTICATION) && !uses.contains(ANY_USE)) {
                return Optional.of("it is not made for a server");
            }
            Collection<List<?>> alternatives =
                    Objects.requireNonNullElse(leaf.getSubjectAlternativeNames(), List.<List<?>>of());
            Set<String> covered = alternatives.stream()
                    .map(alternative -> String.valueOf(alternative.get(1)))
                    .collect(Collectors.toCollection(TreeSet::new));
            return names.stream()
                    .filter(name -> covered.stream().noneMatch(each -> covers(each, name)))
                    .findFirst()
                    .map(name -> "it is not valid for `%s`".formatted(name));
        } catch (CertificateParsingException e) {
            return Optional.of("its names cannot be read");
        }
    }

    /// RFC 6125: by letters whatever their case, and `*` for the first label.
    private static boolean covers(String covered, String name) {
        return covered.equalsIgnoreCase(name)
                || (covered.startsWith("*.")
                        && name.indexOf('.') > 0
                        && covered.substring(1).equalsIgnoreCase(name.substring(name.indexOf('.'))));
    }

    /// When those end that have signed a certificate: the last of them, be it over already.
    Optional<Instant> until(CertifiedKey serving, Instant now) {
        return vouching(serving, now)
                .or(() -> authorities.stream()
                        .filter(authority -> signed(authority, serving.chain().getLast()))
                        .max(Comparator.comparing(X509Certificate::getNotAfter)))
                .map(authority -> authority.getNotAfter().toInstant());
    }

    /// Why none of these vouches for a certificate; empty where one does. Looks at nothing but the way to an authority.
    public Optional<String> distrust(CertifiedKey serving, Instant now) {
        if (vouching(serving, now).isPresent()) {
            return Optional.empty();
        }
        return authorities.stream()
                .filter(authority -> now.isAfter(authority.getNotAfter().toInstant())
                        && signed(authority, serving.chain().getLast()))
                .findFirst()
                .map(authority -> "its authority has expired at %s"
                        .formatted(authority.getNotAfter().toInstant()))
                .or(() -> Optional.of("no authority in the caBundle of the gate has signed it"));
    }

    /// The authority that vouches for a certificate; that which does so for longest, where several do.
    public Optional<X509Certificate> vouching(CertifiedKey serving, Instant now) {
        return authorities.stream()
                .filter(authority -> valid(authority, now) && leadsTo(serving, authority, now))
                .max(Comparator.comparing(X509Certificate::getNotAfter));
    }

    private static boolean valid(X509Certificate certificate, Instant now) {
        return !now.isBefore(certificate.getNotBefore().toInstant())
                && !now.isAfter(certificate.getNotAfter().toInstant());
    }

    private static boolean signed(X509Certificate authority, X509Certificate certificate) {
        try {
            certificate.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    private static boolean leadsTo(CertifiedKey serving, X509Certificate authority, Instant at) {
        if (serving.leaf().equals(authority)) {
            return true;
        }
        try {
            X509CertSelector leaf = new X509CertSelector();
            leaf.setCertificate(serving.leaf());
            PKIXBuilderParameters parameters =
                    new PKIXBuilderParameters(Set.of(new TrustAnchor(authority, null)), leaf);
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(at));
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(serving.chain())));
            CertPathBuilder.getInstance("PKIX").build(parameters);
            return true;
        } catch (InvalidAlgorithmParameterException e) {
            throw new IllegalStateException("there is an anchor", e);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }
}
