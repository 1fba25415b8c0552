interface Properties {
  readonly src: string;
  /** Empty where the name stands beside the picture. */
  readonly alt?: string;
  /** Pictures at the top of a page are not worth postponing. */
  readonly eager?: boolean;
}

export function ProductImage({ src, alt = "", eager = false }: Properties) {
  return (
    <img
      className="product-image"
      src={src}
      alt={alt}
      width={400}
      height={400}
      loading={eager ? "eager" : "lazy"}
      decoding="async"
    />
  );
}
