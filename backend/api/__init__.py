"""What all HTTP routes share: errors as problem documents, headers, assets, health."""
