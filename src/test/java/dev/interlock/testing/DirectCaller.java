package dev.interlock.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Posts straight to the webhook's port, as whoever reaches it can. Trusts the authority that the gate's
/// `caBundle` names and checks the host's name, as the API server does.
public final class DirectCaller implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http;
    private final Interlock interlock;

    public DirectCaller(Interlock interlock) {
        this(interlock, interlock.trusted());
    }

    /// @param bundle whom to trust, PEM
    public DirectCaller(Interlock interlock, String bundle) {
        this.interlock = interlock;
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (Certificate authority : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(bundle.getBytes(StandardCharsets.UTF_8)))) {
                trusted.setCertificateEntry("authority-" + trusted.size(), authority);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            http = HttpClient.newBuilder()
                    .sslContext(context)
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Lets go of its connections.
    @Override
    public void close() {
        http.shutdownNow();
    }

    /// @return the answer; empty where nothing answered
    public Optional<HttpResponse<String>> post(String path, String body) {
        return send(
                HttpRequest.newBuilder(URI.create("https://127.0.0.1:%d%s".formatted(interlock.webhookPort(), path)))
                        .timeout(Duration.ofSeconds(20))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body.getBytes(StandardCharsets.UTF_8)))
                        .build());
    }

    /// What is answered to a dry run that every policy of [Manifests#policy] denies.
    public String askBad(String path, String namespace) {
        return post(path, review("u", namespace, "asked", Manifests.BAD_IMAGE, true))
                .orElseThrow()
                .body();
    }

    public Optional<HttpResponse<String>> get(String path) {
        return send(get(path, 20));
    }

    /// Why nothing answers; empty where something does, whatever it says.
    public Optional<String> trouble() {
        try {
            var _ = http.send(get("/", 5), HttpResponse.BodyHandlers.ofString());
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest get(String path, int seconds) {
        return HttpRequest.newBuilder(URI.create("https://127.0.0.1:%d%s".formatted(interlock.webhookPort(), path)))
                .timeout(Duration.ofSeconds(seconds))
                .build();
    }

    private Optional<HttpResponse<String>> send(HttpRequest request) {
        try {
            return Optional.of(http.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// The `response` of a review's answer.
    public static JsonNode response(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body()).path("response");
        } catch (IOException e) {
            throw new UncheckedIOException(answer.body(), e);
        }
    }

    /// A review of the creation of a Deployment.
    public static String review(String uid, String namespace, String name, String image, boolean dryRun) {
        return """
                {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"%1$s",
                "kind":{"group":"apps","version":"v1","kind":"Deployment"},"name":"%3$s","namespace":"%2$s",
                "operation":"CREATE","userInfo":{"username":"direct"},"dryRun":%5$s,
                "object":{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"%3$s","namespace":"%2$s"},
                "spec":{"template":{"spec":{"containers":[{"name":"app","image":"%4$s"}]}}}}}}
                """.formatted(uid, namespace, name, image, dryRun);
    }
}
