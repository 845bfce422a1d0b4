package dev.interlock.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.Settings;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// How the process runs in a cluster, and that the files agree with each other and with the code.
class DeployManifestTest {
    private static final StatefulSet WORKLOAD = Documents.one("base/workload.yaml", StatefulSet.class);
    private static final PodSpec POD = WORKLOAD.getSpec().getTemplate().getSpec();
    private static final Deployment WEBHOOKS = Documents.one("overlays/postgresql/webhook.yaml", Deployment.class);
    private static final Deployment OPERATORS = Documents.one("overlays/postgresql/operator.yaml", Deployment.class);
    private static final List<PodSpec> PODS = List.of(
            POD,
            WEBHOOKS.getSpec().getTemplate().getSpec(),
            OPERATORS.getSpec().getTemplate().getSpec());
    private static final Container WEBHOOK = POD.getContainers().getFirst();

    /// Two replicas would be two writers of one ledger.
    @Test
    void oneReplicaWithAContainerForEachHalfRuns() {
        assertThat(WORKLOAD.getSpec().getReplicas()).isEqualTo(1);
        assertThat(POD.getContainers())
                .extracting(Container::getArgs)
                .containsExactly(List.of("webhook"), List.of("operator"));
        assertThat(POD.getContainers())
                .extracting(container -> container.getVolumeMounts().getFirst())
                .as("one data directory")
                .containsOnly(WEBHOOK.getVolumeMounts().getFirst());
    }

    /// The containers of a Pod share its ports and its readiness: an operator that does not run must not take
    /// the webhook out of its Service.
    @Test
    void operatorHasAPortOfItsOwnAndNoReadiness() {
        Container operator = POD.getContainers().getLast();
        assertThat(WEBHOOK.getReadinessProbe()).isNotNull();
        assertThat(operator.getReadinessProbe()).isNull();
        assertThat(operator.getLivenessProbe()).isNotNull();
        for (Container container : POD.getContainers()) {
            String port = value(container, "QUARKUS_MANAGEMENT_PORT");
            assertThat(container.getPorts())
                    .filteredOn(open -> open.getContainerPort().toString().equals(port))
                    .singleElement()
                    .satisfies(open -> assertThat(container
                                    .getLivenessProbe()
                                    .getHttpGet()
                                    .getPort()
                                    .getStrVal())
                            .isEqualTo(open.getName()));
        }
        assertThat(POD.getContainers().stream().flatMap(container -> container.getPorts().stream()))
                .doesNotHaveDuplicates();
    }

    @Test
    void podsKeepToTheRestrictedStandard() {
        assertThat(PODS).allSatisfy(pod -> {
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(pod.getContainers())
                    .extracting(Container::getSecurityContext)
                    .allSatisfy(context -> {
                        assertThat(context.getAllowPrivilegeEscalation()).isFalse();
                        assertThat(context.getReadOnlyRootFilesystem()).isTrue();
                        assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
                        assertThat(context.getCapabilities().getAdd()).isEmpty();
                    });
            assertThat(pod.getVolumes())
                    .allSatisfy(volume -> assertThat(volume.getEmptyDir())
                            .as(volume.getName())
                            .isNotNull());
            assertThat(Stream.of(pod.getHostNetwork(), pod.getHostPID(), pod.getHostIPC()))
                    .containsOnlyNulls();
        });
    }

    /// A name that the process does not read would set nothing, silently.
    @Test
    void environmentSetsOnlyWhatTheProcessReads() {
        List<String> read = names(Settings.class, "INTERLOCK").toList();
        assertThat(PODS.stream().flatMap(pod -> pod.getContainers().stream()))
                .hasSize(4)
                .allSatisfy(container -> assertThat(container.getEnv())
                        .extracting(EnvVar::getName)
                        .filteredOn(name -> !name.startsWith("QUARKUS_"))
                        .hasSizeGreaterThan(3)
                        .isSubsetOf(read));
    }

    /// Each half in Pods of its own, with its own account and its own role in the database.
    @Test
    void severalReplicasHaveADatabaseAndNoFilesOfTheirOwn() {
        for (Deployment half : List.of(WEBHOOKS, OPERATORS)) {
            PodSpec pod = half.getSpec().getTemplate().getSpec();
            Container container = pod.getContainers().getFirst();
            assertThat(half.getSpec().getReplicas()).isGreaterThan(1);
            assertThat(container.getArgs()).containsExactly(container.getName());
            assertThat(pod.getServiceAccountName()).isEqualTo("interlock-" + container.getName());
            assertThat(container.getVolumeMounts())
                    .singleElement()
                    .satisfies(mount -> assertThat(mount.getMountPath()).isEqualTo("/tmp"));
            assertThat(container.getEnv())
                    .filteredOn(variable -> variable.getName().startsWith("INTERLOCK_DATABASE_"))
                    .hasSize(3)
                    .allSatisfy(variable -> assertThat(
                                    variable.getValueFrom().getSecretKeyRef().getName())
                            .isEqualTo("interlock-database-" + container.getName()));
            assertThat(half.getSpec().getSelector().getMatchLabels())
                    .isEqualTo(half.getSpec().getTemplate().getMetadata().getLabels());
        }
        assertThat(Documents.one("overlays/postgresql/webhook.yaml", PodDisruptionBudget.class)
                        .getSpec()
                        .getSelector()
                        .getMatchLabels())
                .isEqualTo(WEBHOOKS.getSpec().getSelector().getMatchLabels());
    }

    private static Stream<String> names(Class<?> settings, String prefix) {
        return Arrays.stream(settings.getMethods()).flatMap(method -> {
            String name = prefix + "_" + upperSnake(method);
            return method.getReturnType().getEnclosingClass() == Settings.class
                    ? names(method.getReturnType(), name)
                    : Stream.of(name);
        });
    }

    private static String upperSnake(Method method) {
        return method.getName().replaceAll("(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
    }

    @Test
    void gateLeadsToThePortThatTheProcessOpens() {
        Service service = Documents.one("base/service.yaml", Service.class);
        assertThat(service.getSpec().getSelector())
                .isNotEmpty()
                .isEqualTo(WORKLOAD.getSpec().getTemplate().getMetadata().getLabels());
        assertThat(service.getSpec().getPorts()).singleElement().satisfies(port -> {
            assertThat(port.getPort()).isEqualTo(443);
            assertThat(WEBHOOK.getPorts())
                    .filteredOn(
                            open -> open.getName().equals(port.getTargetPort().getStrVal()))
                    .singleElement()
                    .satisfies(open -> assertThat(value(WEBHOOK, "INTERLOCK_WEBHOOK_PORT"))
                            .isEqualTo(open.getContainerPort().toString()));
        });
        String name = service.getMetadata().getName();
        String namespace = service.getMetadata().getNamespace();
        assertThat(POD.getContainers())
                .as("what the certificates are made for, and what is asked for")
                .extracting(container -> value(container, "INTERLOCK_WEBHOOK_NAMES"))
                .containsOnly("%s.%s.svc".formatted(name, namespace));
        assertThat(Documents.one("base/gate.yaml", ValidatingWebhookConfiguration.class)
                        .getWebhooks())
                .extracting(webhook -> webhook.getClientConfig().getService())
                .allSatisfy(called -> {
                    assertThat(called.getName()).isEqualTo(name);
                    assertThat(called.getNamespace()).isEqualTo(namespace);
                });
    }

    private static String value(Container container, String name) {
        return container.getEnv().stream()
                .filter(variable -> variable.getName().equals(name))
                .map(EnvVar::getValue)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void evidenceIsWrittenByTheAccountsThatAnOperatorHas() {
        ServiceAccount shared = Documents.one("base/rbac.yaml", ServiceAccount.class);
        assertThat(POD.getServiceAccountName()).isEqualTo(shared.getMetadata().getName());
        ServiceAccount apart = Documents.all("components/accounts/accounts.yaml", ServiceAccount.class).stream()
                .filter(account -> account.getMetadata().getName().endsWith("operator"))
                .findFirst()
                .orElseThrow();
        assertThat(Documents.all("base/api-policies.yaml", ValidatingAdmissionPolicy.class))
                .filteredOn(policy -> policy.getMetadata().getName().equals("interlock-evidence"))
                .singleElement()
                .satisfies(policy -> {
                    assertThat(policy.getSpec().getFailurePolicy()).isEqualTo("Fail");
                    assertThat(policy.getSpec().getValidations().getFirst().getExpression())
                            .startsWith("request.userInfo.username in [ '%s', '%s'] || request.operation == 'DELETE'"
                                    .formatted(user(shared), user(apart)));
                });
    }

    private static String user(ServiceAccount account) {
        return "system:serviceaccount:%s:%s"
                .formatted(
                        account.getMetadata().getNamespace(),
                        account.getMetadata().getName());
    }

    @Test
    void everyPolicyOfTheApiServerIsBoundAndDenies() {
        List<String> policies = Documents.all("base/api-policies.yaml", ValidatingAdmissionPolicy.class).stream()
                .peek(policy -> assertThat(policy.getSpec().getFailurePolicy()).isEqualTo("Fail"))
                .map(policy -> policy.getMetadata().getName())
                .toList();
        assertThat(policies)
                .containsExactlyInAnyOrder("interlock-namespaces", "interlock-evidence", "interlock-releases");
        assertThat(Documents.all("base/api-policies.yaml", ValidatingAdmissionPolicyBinding.class))
                .allSatisfy(binding ->
                        assertThat(binding.getSpec().getValidationActions()).containsExactly("Deny"))
                .extracting(binding -> binding.getSpec().getPolicyName())
                .containsExactlyInAnyOrderElementsOf(policies);
    }
}
