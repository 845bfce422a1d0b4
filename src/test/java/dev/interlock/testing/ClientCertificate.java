package dev.interlock.testing;

import dev.interlock.kubernetes.CertifiedKey;
import dev.interlock.operator.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A control plane whose API server shows the webhook a certificate, as docs/security.md says.
public final class ClientCertificate {
    private static final String NAME = "kube-apiserver";

    private ClientCertificate() {}

    /// Makes an authority, has Interlock know the API server by it, and restarts the API server with a certificate.
    ///
    /// @param interlock not started yet
    public static void show(ControlPlane controlPlane, Interlock interlock) {
        K3s.hasNoRoles("start its API server with a certificate");
        TestCertificates.Authority authority = new TestCertificates.Authority();
        Path directory = controlPlane.directory();
        try {
            Path trusted = Files.writeString(directory.resolve("callers-ca.pem"), authority.certificate());
            interlock.set("INTERLOCK_WEBHOOK_CLIENT_AUTHORITY", trusted.toString());
            interlock.set("INTERLOCK_WEBHOOK_CLIENT_NAMES", NAME);
            configure(directory, interlock.webhookPort(), authority.client(NAME));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        controlPlane.kill(NAME);
        controlPlane.startRole(NAME);
    }

    private static void configure(Path directory, int port, CertifiedKey pair) throws IOException {
        Path certificate = Files.writeString(directory.resolve("webhook-client.pem"), pair.certificatePem());
        Path key = Files.writeString(directory.resolve("webhook-client.key"), pair.keyPem());
        Path kubeconfig =
                Files.writeString(directory.resolve("webhooks.kubeconfig"), """
                apiVersion: v1
                kind: Config
                users:
                - name: "127.0.0.1:%d"
                  user: {client-certificate: %s, client-key: %s}
                """.formatted(port, certificate, key));
        Path configuration = Files.writeString(directory.resolve("admission.yaml"), """
                apiVersion: apiserver.config.k8s.io/v1
                kind: AdmissionConfiguration
                plugins:
                - name: ValidatingAdmissionWebhook
                  configuration:
                    apiVersion: apiserver.config.k8s.io/v1
                    kind: WebhookAdmissionConfiguration
                    kubeConfigFile: %s
                """.formatted(kubeconfig));
        Files.writeString(
                directory.resolve("kube-apiserver.args"),
                "--admission-control-config-file=%s%n".formatted(configuration),
                StandardOpenOption.APPEND);
    }
}
