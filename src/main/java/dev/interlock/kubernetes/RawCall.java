package dev.interlock.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A call of the API server that the client's own methods have no form for.
final class RawCall {
    private static final int LONGEST_ANSWER_SECONDS = 40;

    private RawCall() {}

    /// @throws KubernetesClientException where nothing is answered
    static HttpResponse<String> answer(KubernetesClient client, HttpRequest request) {
        try {
            return client.getHttpClient()
                    .sendAsync(request, String.class)
                    .get(LONGEST_ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KubernetesClientException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new KubernetesClientException("no answer", e);
        }
    }
}
