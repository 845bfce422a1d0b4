package dev.interlock.benchmark;

import dev.interlock.testing.Manifests;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Deployments of the size that services have: two containers and one before them, some 6 KB.
public final class Deployments {
    private static final int VARIABLES = 7;

    private Deployments() {}

    /// Paused and without replicas, so that no controller makes more of it.
    ///
    /// @param image of its first container
    public static Deployment of(String namespace, String name, String image) {
        Map<String, String> labels =
                Map.of("app.kubernetes.io/name", "shop", "app.kubernetes.io/instance", "shop-prod", "app", name);
        return new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .withLabels(labels)
                .addToAnnotations("example.com/commit", "4f1c2c9d1e0b7a6f5d4c3b2a19088776655443322")
                .addToAnnotations("example.com/pipeline", "https://ci.example.com/shop/runs/184467")
                .endMetadata()
                .withNewSpec()
                .withPaused(true)
                .withReplicas(0)
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels)
                .addToAnnotations("prometheus.io/scrape", "true")
                .endMetadata()
                .withNewSpec()
                .withServiceAccountName("default")
                .withInitContainers(container("migrate", Manifests.GOOD_IMAGE))
                .withContainers(container("app", image), container("proxy", Manifests.GOOD_IMAGE))
                .addNewVolume()
                .withName("cache")
                .withNewEmptyDir()
                .endEmptyDir()
                .endVolume()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    public static String json(String namespace, String name, String image) {
        return Serialization.asJson(of(namespace, name, image));
    }

    /// A review of the creation of a Deployment called `asked`, as a dry run.
    ///
    /// @param object as JSON
    static String review(String namespace, String object) {
        return """
                {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u",
                "kind":{"group":"apps","version":"v1","kind":"Deployment"},"name":"asked","namespace":"%s",
                "operation":"CREATE","userInfo":{"username":"direct"},"dryRun":true,"object":%s}}
                """.formatted(namespace, object);
    }

    private static Container container(String name, String image) {
        return new ContainerBuilder()
                .withName(name)
                .withImage(image)
                .withArgs("--listen=0.0.0.0:8080", "--log-format=json", "--graceful-shutdown=20s")
                .withEnv(variables())
                .addNewPort()
                .withName(name)
                .withContainerPort(8080)
                .endPort()
                .withNewResources()
                .addToRequests("cpu", new Quantity("100m"))
                .addToRequests("memory", new Quantity("128Mi"))
                .addToLimits("memory", new Quantity("256Mi"))
                .endResources()
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withRunAsNonRoot(true)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .addNewVolumeMount()
                .withName("cache")
                .withMountPath("/var/cache/" + name)
                .endVolumeMount()
                .build();
    }

    private static List<EnvVar> variables() {
        return IntStream.range(0, VARIABLES)
                .mapToObj(i -> new EnvVarBuilder()
                        .withName("SHOP_SETTING_%02d".formatted(i))
                        .withValue("https://service-%02d.shop.svc:8443/v1".formatted(i))
                        .build())
                .toList();
    }
}
