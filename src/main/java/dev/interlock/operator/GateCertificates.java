package dev.interlock.operator;

import dev.interlock.kubernetes.ServingSecret;
import dev.interlock.operator.CertificateIssuer.Issued;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The authority and the serving certificate, kept in Secrets: made where they are missing, renewed before they end.
public final class GateCertificates {
    private static final String AUTHORITY_SECRET = "interlock-ca";
    private static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);
    private static final Duration SERVING_VALIDITY = Duration.ofDays(365);
    private static final Duration RENEW_BEFORE = Duration.ofDays(60);
    private static final System.Logger LOG = System.getLogger(GateCertificates.class.getName());

    private final KubernetesClient client;
    private final InstantSource clock;
    private final String namespace;
    private final List<String> names;

    /// @param names that the serving certificate must be valid for
    public GateCertificates(KubernetesClient client, InstantSource clock, String namespace, List<String> names) {
        this.client = client;
        this.clock = clock;
        this.namespace = namespace;
        this.names = List.copyOf(names);
    }

    /// Makes sure that both exist and are valid for long enough.
    ///
    /// @return the authority's certificate, PEM: what the gate's `caBundle` must hold
    public synchronized String ensure() {
        Issued authority = usable(AUTHORITY_SECRET).orElseGet(() -> {
            Issued made = CertificateIssuer.authority(clock.instant(), AUTHORITY_VALIDITY);
            keep(AUTHORITY_SECRET, made, Map.of());
            return made;
        });
        boolean served = usable(ServingSecret.NAME)
                .filter(serving -> signedBy(serving, authority) && covers(serving, names))
                .isPresent();
        if (!served) {
            Issued made = CertificateIssuer.serving(authority, names, clock.instant(), SERVING_VALIDITY);
            keep(ServingSecret.NAME, made, Map.of("ca.crt", authority.certificatePem()));
        }
        return authority.certificatePem();
    }

    private Optional<Issued> usable(String name) {
        Secret secret = client.secrets().inNamespace(namespace).withName(name).get();
        if (secret == null || secret.getData() == null) {
            return Optional.empty();
        }
        try {
            Issued issued = Issued.read(text(secret, "tls.crt"), text(secret, "tls.key"));
            return Optional.of(issued).filter(found -> found.validFor(clock.instant(), RENEW_BEFORE));
        } catch (IOException unreadable) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Secret `%s/%s` holds no certificate and key and is made anew".formatted(namespace, name));
            return Optional.empty();
        }
    }

    private static String text(Secret secret, String key) {
        @Nullable String value = secret.getData().get(key);
        return value == null ? "" : new String(Base64.getMimeDecoder().decode(value), StandardCharsets.UTF_8);
    }

    private static boolean signedBy(Issued serving, Issued authority) {
        try {
            serving.certificate().verify(authority.certificate().getPublicKey());
            return true;
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    private static boolean covers(Issued serving, List<String> names) {
        try {
            Set<String> covered =
                    Objects.requireNonNullElse(serving.certificate().getSubjectAlternativeNames(), List.<List<?>>of())
                            .stream()
                            .map(alternative -> String.valueOf(alternative.get(1)))
                            .collect(Collectors.toCollection(TreeSet::new));
            return covered.containsAll(names);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    private void keep(String name, Issued issued, Map<String, String> more) {
        Secret secret = new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withType("kubernetes.io/tls")
                .addToStringData("tls.crt", issued.certificatePem())
                .addToStringData("tls.key", issued.keyPem())
                .addToStringData(more)
                .build();
        client.resource(secret)
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("interlock-operator")
                        .withForce(true)
                        .build());
        LOG.log(
                System.Logger.Level.INFO,
                "made the certificate in Secret `%s/%s`, valid until %s"
                        .formatted(
                                namespace,
                                name,
                                issued.certificate().getNotAfter().toInstant()));
    }
}
