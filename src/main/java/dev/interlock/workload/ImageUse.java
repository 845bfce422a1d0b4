package dev.interlock.workload;

/// One place in a pod template that names an image.
///
/// @param path  field path from the object's root, for example `spec.template.spec.containers[0].image`
/// @param place what stands there, as people say it, for example `init container migrate`
/// @param image as written; empty where the field is absent
public record ImageUse(String path, String place, String image) {}
