"""From a factory's name to a packaged model: export, signature, the server's layout, archive, manifest.

Nothing here is re-exported: `model_packaging.package` builds, `model_packaging.build_inputs` only asks what
a build depends on, and must not pay for importing what builds.
"""

__all__: list[str] = []
