package dev.interlock.kubernetes;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The Secret with the certificate that the webhook serves, watched by its name.
public final class ServingSecret implements AutoCloseable {
    /// Its name, in Interlock's namespace.
    public static final String NAME = "interlock-serving";

    private final SharedIndexInformer<Secret> informer;
    private final Consumer<Pair> listener;
    private volatile Optional<Pair> last = Optional.empty();

    /// @param certificate the chain, PEM
    /// @param key         PKCS #8, PEM
    public record Pair(String certificate, String key) {}

    /// @param listener told of every new pair, on the watch's thread: it must not block
    public ServingSecret(KubernetesClient client, String namespace, Consumer<Pair> listener) {
        this.listener = listener;
        this.informer =
                Watches.of(client.secrets().inNamespace(namespace).withField("metadata.name", NAME), this::changed);
        this.informer.start();
    }

    /// The newest pair; empty where the operator has made none yet.
    public Optional<Pair> pair() {
        return informer.getStore().list().stream()
                .filter(secret -> secret.getMetadata().getName().equals(NAME))
                .findFirst()
                .flatMap(ServingSecret::read);
    }

    private static Optional<Pair> read(Secret secret) {
        Map<String, String> data = secret.getData() == null ? Map.of() : secret.getData();
        String certificate = data.get("tls.crt");
        String key = data.get("tls.key");
        return certificate == null || key == null
                ? Optional.empty()
                : Optional.of(new Pair(decoded(certificate), decoded(key)));
    }

    private static String decoded(String base64) {
        return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    private synchronized void changed() {
        Optional<Pair> now = pair();
        if (now.isPresent() && !now.equals(last)) {
            last = now;
            listener.accept(now.get());
        }
    }

    @Override
    public void close() {
        informer.close();
    }
}
