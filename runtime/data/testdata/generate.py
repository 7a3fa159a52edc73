"""Draws pictures and writes what Pillow and NumPy make of them: python3 generate.py

resize/NAME.png is a picture, resize/NAME_WxH.png the same after Image.resize((W, H), Image.BILINEAR).
decode/NAME.EXT is a file in some format, decode/NAME.EXT.png what Image.open(...).convert("RGB") makes of it.
npy/NAME.npy is an array. Everything is drawn from formulas and a seed.
"""
import os
import numpy as np
from PIL import Image

here = os.path.dirname(os.path.abspath(__file__))


def draw(width, height, noise, seed):
    """Gradients, a disc with hard edges and noise."""
    y, x = np.mgrid[0:height, 0:width]
    red = 255 * x / max(width - 1, 1)
    green = 255 * y / max(height - 1, 1)
    blue = 127 + 127 * np.sin(x / 3) * np.cos(y / 5)
    picture = np.stack([red, green, blue], axis=-1)
    disc = (x - width * 0.4) ** 2 + (y - height * 0.6) ** 2 < (min(width, height) / 4) ** 2
    picture[disc] = [250, 20, 90]
    picture += np.random.default_rng(seed).normal(0, noise, picture.shape)
    return picture.clip(0, 255).round().astype(np.uint8)


def resize():
    cases = {
        "scene": (draw(97, 64, 4, 1), [(32, 32), (97, 31), (50, 64), (150, 101), (1, 1), (96, 65)]),
        "noise": (np.random.default_rng(2).integers(0, 256, (23, 37, 3), dtype=np.uint8), [(32, 32), (7, 5), (74, 46), (36, 24)]),
        "black_white": ((np.indices((16, 16)).sum(axis=0) % 2 * 255).astype(np.uint8)[..., None].repeat(3, axis=2), [(8, 8), (5, 11), (33, 33)]),
        "tiny": (draw(3, 2, 0, 3), [(32, 32), (2, 3)]),
        "wide": (draw(200, 3, 10, 4), [(24, 24)]),
        "pixel": (draw(1, 1, 0, 5), [(4, 4)]),
    }
    for name, (picture, sizes) in cases.items():
        image = Image.fromarray(picture)
        image.save(f"{here}/resize/{name}.png")
        for width, height in sizes:
            image.resize((width, height), Image.BILINEAR).save(f"{here}/resize/{name}_{width}x{height}.png")


def decode():
    rgb = Image.fromarray(draw(35, 21, 3, 6))
    alpha = Image.fromarray((np.indices((21, 35))[1] * 7).astype(np.uint8))
    rgba = rgb.copy()
    rgba.putalpha(alpha)
    grey = rgb.convert("L")
    grey_alpha = grey.copy()
    grey_alpha.putalpha(alpha)
    palette = rgb.quantize(64)
    inks = Image.merge("CMYK", [*rgb.split(), alpha])

    def save(image, name, **options):
        path = f"{here}/decode/{name}"
        image.save(path, **options)
        save_decoded(path)

    save(rgb, "rgb.png")
    save(rgba, "rgba.png")
    save(grey, "grey.png")
    save(grey_alpha, "grey_alpha.png")
    save(grey.convert("1"), "bilevel.png")
    save(palette, "palette.png")
    save(palette, "palette_transparent.png", transparency=3)
    save(palette, "palette.gif")
    save(palette, "transparent.gif", transparency=5)
    save(grey, "grey.gif", interlace=True)
    save(rgb, "rgb.bmp")
    save(rgba, "rgba.bmp")
    save(palette, "palette.bmp")
    save(rgb, "lossless.webp", lossless=True)
    save(rgba, "lossless_alpha.webp", lossless=True, exact=True)
    save(rgb, "lossy.webp", quality=90)
    save(rgba, "lossy_alpha.webp", quality=90)
    save(rgb, "full.jpg", quality=90, subsampling="4:4:4")
    save(rgb, "half.jpg", quality=90, subsampling="4:2:2")
    save(rgb, "quarter.jpg", quality=90, subsampling="4:2:0")
    save(rgb, "progressive.jpg", quality=90, progressive=True)
    save(rgb.crop((0, 0, 4, 5)), "narrow.jpg", quality=90)
    save(grey, "grey.jpg", quality=90)
    save(inks, "inks.jpg", quality=95)
    offset_gif(f"{here}/decode/offset.gif")

    turned = Image.Exif()
    turned[0x0112] = 6  # orientation: rotate by 90 degrees; not applied
    save(rgb, "orientation.jpg", quality=90, subsampling="4:4:4", exif=turned)


def save_decoded(path):
    # Through an array, because convert keeps a transparent colour as a property that the PNG would record.
    Image.fromarray(np.array(Image.open(path).convert("RGB"))).save(path + ".png")


def offset_gif(path):
    """A frame smaller than the screen, with a palette of its own and a transparent index."""
    frame = Image.fromarray(draw(9, 7, 0, 7)).quantize(8)
    frame.save(path, transparency=2)
    data = bytearray(open(path, "rb").read())
    at = data.index(b"\x2c\x00\x00\x00\x00\x09\x00\x07\x00")
    data[6:10] = b"\x10\x00\x0c\x00"  # the screen: 16x12
    data[at + 1 : at + 5] = b"\x04\x00\x03\x00"  # the frame's corner: (4, 3)
    open(path, "wb").write(data)
    save_decoded(path)


def npy():
    rng = np.random.default_rng(8)
    for dtype in ["f4", "f8", "f2", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "b1"]:
        values = rng.integers(0, 2, (2, 3)) if dtype == "b1" else rng.integers(0, 100, (2, 3))
        np.save(f"{here}/npy/{dtype}.npy", values.astype(dtype))
    np.save(f"{here}/npy/scalar.npy", np.float32(2.5))
    np.save(f"{here}/npy/vector.npy", np.arange(3, dtype=np.int64))
    np.save(f"{here}/npy/empty.npy", np.zeros((0, 4), dtype=np.float32))
    np.save(f"{here}/npy/fortran.npy", np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)))
    np.save(f"{here}/npy/big_endian.npy", np.arange(3, dtype=">f4"))
    np.save(f"{here}/npy/complex.npy", np.zeros(2, dtype=np.complex64))
    np.save(f"{here}/npy/record.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
    np.lib.format.write_array(open(f"{here}/npy/version2.npy", "wb"), np.arange(3, dtype=np.int32), version=(2, 0))
    np.lib.format.write_array(open(f"{here}/npy/version3.npy", "wb"), np.arange(3, dtype=np.int32), version=(3, 0))


resize()
decode()
npy()
