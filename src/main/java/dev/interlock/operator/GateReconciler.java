package dev.interlock.operator;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.config.informer.Field;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Sets the gate's `caBundle` and nothing else. The configuration itself is static: it is never made or
/// deleted from here, because deleting it is the emergency exit.
@ControllerConfiguration(
        name = "gate",
        informer = @Informer(fieldSelector = @Field(path = "metadata.name", value = GateReconciler.NAME)))
public final class GateReconciler implements Reconciler<ValidatingWebhookConfiguration> {
    /// The only configuration that this is about.
    static final String NAME = "interlock";

    static final List<String> ENTRIES = List.of("required.gate.interlock.dev", "optional.gate.interlock.dev");

    private final GateCertificates certificates;

    public GateReconciler(GateCertificates certificates) {
        this.certificates = certificates;
    }

    @Override
    public UpdateControl<ValidatingWebhookConfiguration> reconcile(
            ValidatingWebhookConfiguration gate, Context<ValidatingWebhookConfiguration> context) {
        String bundle = Base64.getEncoder().encodeToString(certificates.ensure().getBytes(StandardCharsets.UTF_8));
        List<ValidatingWebhook> webhooks = gate.getWebhooks();
        List<String> patches = IntStream.range(0, webhooks.size())
                .filter(i -> !bundle.equals(bundle(webhooks.get(i))))
                .mapToObj(i -> patch(i, webhooks.get(i).getName(), bundle))
                .toList();
        if (!patches.isEmpty()) {
            context.getClient()
                    .resource(gate)
                    .patch(PatchContext.of(PatchType.JSON), "[" + String.join(",", patches) + "]");
        }
        return UpdateControl.<ValidatingWebhookConfiguration>noUpdate().rescheduleAfter(Duration.ofMinutes(10));
    }

    private static @Nullable String bundle(ValidatingWebhook webhook) {
        return webhook.getClientConfig().getCaBundle();
    }

    /// The test makes the patch fail, and be tried again, where the list has changed in the meantime.
    private static String patch(int index, String name, String bundle) {
        return """
                {"op":"test","path":"/webhooks/%1$d/name","value":"%2$s"},\
                {"op":"add","path":"/webhooks/%1$d/clientConfig/caBundle","value":"%3$s"}""".formatted(index, name, bundle);
    }
}
