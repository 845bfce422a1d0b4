package dev.interlock;

import io.fabric8.kubernetes.client.Config;
import io.quarkus.kubernetes.client.KubernetesConfigCustomizer;
import jakarta.enterprise.context.ApplicationScoped;

/// How the API server is asked. Not over HTTP/2: there all requests share one connection, and when the
/// network goes silent without closing it, every request waits behind it for as long as TCP does, and so do
/// watches that are begun anew. Over HTTP/1.1 a request that gets no answer in time ends its own connection,
/// and the next one opens another.
@ApplicationScoped
class ClientSettings implements KubernetesConfigCustomizer {
    @Override
    public void customize(Config config) {
        config.setHttp2Disable(true);
    }
}
