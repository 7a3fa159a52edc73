"""Draw this folder's test pictures: two small scenes for each class of CIFAR-10, nothing taken from any data set.

Usage: python make_images.py OUT_DIR          (needs numpy and Pillow)

Writes OUT_DIR/<class>_<i>.png and OUT_DIR/images_u8_nhwc.npy with the same pixels, ordered by class name, then by i.
Everything is drawn eight times too large and reduced with a box filter, so edges are smooth; coordinates are in pixels
of the finished picture, 0 to 32 from the top left. The pictures are dedicated to the public domain (CC0 1.0).
"""
import os
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIDE, SCALE = 32, 8


class Canvas:
    """A picture under construction: painter's algorithm, colours as (r, g, b) in 0..255."""

    def __init__(self, top, bottom, seed):
        """Fill with a vertical gradient; `seed` fixes the grain of this picture."""
        self.random = np.random.default_rng(seed)
        self.image = self.gradient(top, bottom)

    @staticmethod
    def gradient(top, bottom):
        ramp = np.linspace(0, 1, SIDE * SCALE)[:, None, None]
        rows = np.asarray(top) * (1 - ramp) + np.asarray(bottom) * ramp
        return Image.fromarray(np.broadcast_to(rows, (SIDE * SCALE,) * 2 + (3,)).round().astype(np.uint8))

    def paint(self, color, shape, points, blur=0.0, **options):
        """Draw one of ImageDraw's shapes; `blur` softens its edge by that many pixels."""
        mask = Image.new("L", self.image.size)
        getattr(ImageDraw.Draw(mask), shape)([value * SCALE for value in points], fill=255, **options)
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur * SCALE))
        self.image.paste(color, mask=mask)

    def polygon(self, color, *points, blur=0.0):
        self.paint(color, "polygon", points, blur)

    def ellipse(self, color, x, y, rx, ry, blur=0.0):
        self.paint(color, "ellipse", (x - rx, y - ry, x + rx, y + ry), blur)

    def box(self, color, left, top, right, bottom, blur=0.0):
        self.paint(color, "rectangle", (left, top, right, bottom), blur)

    def line(self, color, width, *points, blur=0.0):
        self.paint(color, "line", points, blur, width=round(width * SCALE), joint="curve")

    def land(self, horizon, top, bottom):
        """Fill everything below `horizon` with a gradient."""
        below = self.gradient(top, bottom).resize((SIDE * SCALE, round((SIDE - horizon) * SCALE)))
        self.image.paste(below, (0, round(horizon * SCALE)))

    def rotate(self, degrees):
        """Turn the picture about its centre; the corners repeat the border."""
        margin = SIDE * SCALE // 4
        wide = Image.fromarray(np.pad(np.asarray(self.image), ((margin,) * 2, (margin,) * 2, (0, 0)), mode="edge"))
        end = margin + SIDE * SCALE
        self.image = wide.rotate(degrees, Image.Resampling.BICUBIC).crop((margin, margin, end, end))

    def grain(self, strength, size=1.0, region=None):
        """Add grey noise with spots of about `size` pixels, within (left, top, right, bottom) or everywhere."""
        cells = max(2, round(SIDE / size))
        noise = Image.fromarray(self.random.normal(0, strength, (cells, cells)).astype(np.float32))
        noise = np.asarray(noise.resize(self.image.size, Image.Resampling.BICUBIC))[:, :, None]
        if region:
            left, top, right, bottom = (round(value * SCALE) for value in region)
            keep = np.zeros(noise.shape, np.float32)
            keep[top:bottom, left:right] = 1
            noise = noise * keep
        self.image = Image.fromarray(np.clip(np.asarray(self.image) + noise, 0, 255).astype(np.uint8))

    def finish(self):
        """Return the picture at its final size."""
        return self.image.resize((SIDE, SIDE), Image.Resampling.BOX)


def airplane(seed, sky, body, tilt):
    """An airliner from the side: fuselage, swept wings, tail, windows."""
    c = Canvas(*sky, seed)
    c.grain(9, 9)
    dark = tuple(value * 3 // 5 for value in body)
    c.polygon(dark, 17, 15, 21, 15, 26, 8, 24, 8)
    c.polygon(body, 4, 17, 7, 14.4, 25, 14.2, 29, 15, 27, 17.5, 8, 18.6)
    c.polygon(dark, 5, 17.6, 27, 16.8, 26, 17.8, 9, 18.8, blur=0.2)
    c.polygon(body, 25, 14.6, 28.4, 14.8, 30, 8.4, 28, 8.4)
    c.polygon(dark, 26, 15, 29, 15, 31, 13.2, 29.6, 13.2)
    c.polygon(dark, 14, 17, 20, 17, 25, 24.4, 22.6, 24.4)
    c.ellipse((60, 62, 70), 18.2, 19.8, 1.9, 0.9)
    for x in range(9, 25, 2):
        c.ellipse((50, 60, 80), x, 15.9, 0.35, 0.35)
    c.polygon((40, 46, 60), 5.4, 15.9, 7, 14.9, 7.8, 15.9)
    c.rotate(tilt)
    return c


def automobile(seed, sky, ground, body):
    """A car from the side: low body, cabin with windows, two wheels, shadow."""
    c = Canvas(*sky, seed)
    c.land(15, *ground)
    c.grain(6, 2)
    dark = tuple(value // 2 for value in body)
    bright = tuple(min(255, value + 45) for value in body)
    c.ellipse((25, 25, 28), 16, 25.4, 14, 1.6, blur=0.6)
    c.polygon(body, 2, 18.2, 8, 16.2, 12, 11, 21, 11, 25.4, 16, 29.6, 17.6, 30.4, 23.4, 2, 23.6, blur=0.15)
    c.polygon(dark, 2, 21.4, 30.2, 21.2, 30.4, 23.8, 2, 24, blur=0.3)
    c.polygon(bright, 3, 18, 8, 16.4, 25, 16.2, 29, 17.6, 29, 18.3, 3, 18.7, blur=0.2)
    c.polygon((46, 58, 72), 10, 15.9, 13, 12, 16.2, 12, 16.2, 15.9)
    c.polygon((52, 64, 80), 17.2, 15.9, 17.2, 12, 20.6, 12, 23.6, 15.9)
    c.line(dark, 0.25, 16.7, 12, 16.8, 21.6)
    c.ellipse((250, 240, 190), 3.3, 19.4, 0.8, 0.7)
    c.box((190, 30, 30), 29.2, 18.8, 30, 20.2)
    for x in (8, 24):
        c.ellipse((16, 16, 18), x, 23.6, 3.1, 3.1)
        c.ellipse((165, 168, 172), x, 23.6, 1.7, 1.7)
        c.ellipse((60, 60, 64), x, 23.6, 0.6, 0.6)
    return c


def bird(seed, background, body, breast, lean):
    """A songbird on a twig: round body, small head, beak, tail."""
    c = Canvas(*background, seed)
    c.grain(16, 7)
    dark = tuple(value * 3 // 5 for value in body)
    c.line((86, 66, 48), 1.4, -1, 27, 14, 25.6, 33, 26.6)
    c.polygon(dark, 20, 18, 23, 20, 30.4, 26.8, 28, 27.6)
    c.ellipse(body, 15.5, 17.5, 7.4, 6, blur=0.4)
    c.ellipse(breast, 13, 19.4, 5.4, 4.2, blur=0.8)
    c.ellipse(body, 10.4, 10.6, 4, 3.8, blur=0.3)
    c.polygon(body, 7.4, 13, 14, 11, 19, 15, 9, 18, blur=0.4)
    c.polygon(dark, 14.4, 15, 20, 15, 26, 22, 17, 20.6, blur=0.3)
    c.line(tuple(value // 3 for value in body), 0.4, 16, 17, 24, 21.4)
    c.polygon((72, 60, 40), 7, 10, 3.4, 11.3, 7, 12)
    c.ellipse((10, 10, 10), 9.4, 9.9, 0.75, 0.75)
    c.ellipse((240, 240, 240), 9.2, 9.6, 0.25, 0.25)
    for x in (13.4, 16):
        c.line((90, 70, 50), 0.5, x, 22.6, x - 0.4, 26)
    c.grain(6, 0.8)
    c.rotate(lean)
    return c


def cat(seed, wall, fur, eyes):
    """A cat's face, filling the picture: pointed ears, slit eyes, whiskers, stripes."""
    c = Canvas(*wall, seed)
    c.grain(10, 8)
    dark, light = tuple(value // 2 for value in fur), tuple(min(255, value + 50) for value in fur)
    c.ellipse(dark, 16, 34, 13, 12, blur=0.8)
    for side in (-1, 1):
        c.polygon(fur, 16 + side * 10.6, 13, 16 + side * 9.6, 2.4, 16 + side * 2.6, 8.4, blur=0.2)
        c.polygon((188, 130, 124), 16 + side * 9, 10.4, 16 + side * 8.6, 5, 16 + side * 4.6, 8.6, blur=0.4)
    c.ellipse(fur, 16, 16.4, 10.8, 9.6, blur=0.4)
    for x, top in ((13.4, 8), (16, 7.4), (18.6, 8)):
        c.line(dark, 0.9, x, top, 16 + (x - 16) * 0.7, 11.6, blur=0.2)
    for side in (-1, 1):
        for y in (16.6, 19, 21.4):
            c.line(dark, 0.8, 16 + side * 7.4, y, 16 + side * 11, y - 0.8, blur=0.25)
        c.ellipse(light, 16 + side * 2.5, 21, 3.4, 2.7, blur=0.5)
        c.ellipse((20, 16, 14), 16 + side * 4.5, 15, 2.5, 2)
        c.ellipse(eyes, 16 + side * 4.5, 15, 2.1, 1.7)
        c.ellipse((8, 8, 8), 16 + side * 4.5, 15, 0.8, 1.6)
        c.ellipse((255, 255, 255), 16 + side * 4.5 - 0.5, 14.3, 0.35, 0.35)
    c.polygon((190, 110, 108), 14.7, 18.2, 17.3, 18.2, 16, 19.7)
    c.line(dark, 0.4, 13.4, 22, 16, 20.8, 18.6, 22)
    c.line(dark, 0.4, 16, 19.6, 16, 20.9)
    for side in (-1, 1):
        for y in (19.4, 21, 22.6):
            c.line((235, 235, 230), 0.22, 16 + side * 3.4, 20.8, 16 + side * 13.6, y)
    c.grain(7, 0.9)
    return c


def hoofed(c, coat, legs, at):
    """Body, legs and neck that deer and horse share, facing left; `at` is the x where the chest begins."""
    dark = tuple(value * 3 // 5 for value in coat)
    for x, bend in ((1.6, -0.6), (4.2, 0.5), (12.4, -0.5), (14.6, 0.7)):
        c.line(dark if bend > 0 else coat, legs, at + x, 18, at + x + bend, 23, at + x, 28.4)
        c.ellipse((30, 24, 20), at + x, 28.6, 0.7, 0.6)
    c.ellipse(coat, at + 8, 16.4, 8.4, 4.1, blur=0.3)
    c.ellipse(coat, at + 13.4, 15.9, 3.8, 4.2, blur=0.3)
    c.ellipse(dark, at + 8, 19.4, 6, 1.2, blur=0.7)


def deer(seed, sky, ground, coat):
    """A stag in a meadow: slender legs, raised neck, antlers, white tail."""
    c = Canvas(*sky, seed)
    c.grain(18, 4)
    c.land(20, *ground)
    c.grain(14, 1.2, (0, 20, 32, 32))
    hoofed(c, coat, 0.95, 11)
    c.polygon(coat, 11, 17, 15.6, 13.4, 11.4, 6.6, 8.4, 8.4, blur=0.2)
    c.polygon(coat, 11.6, 6, 8.6, 5.8, 4.2, 9.4, 5.4, 10.8, 10.4, 10.2, blur=0.2)
    c.ellipse((20, 16, 14), 4.7, 9.9, 0.7, 0.6)
    c.ellipse((12, 10, 10), 8.4, 7.6, 0.5, 0.5)
    c.polygon(coat, 11, 6.4, 14.4, 4.8, 12.6, 7.8)
    horn = (92, 72, 50)
    c.line(horn, 0.7, 10, 6, 11, 3, 9, 0.4)
    c.line(horn, 0.6, 10.8, 3.4, 7.6, 1.8)
    c.line(horn, 0.7, 11, 6, 14, 3.4, 14, 0.2)
    c.line(horn, 0.6, 13.6, 3.6, 16.8, 1.4)
    c.ellipse((236, 228, 214), 28, 15.4, 1, 1.7, blur=0.2)
    c.grain(6, 0.9)
    return c


def dog(seed, wall, fur, ear):
    """A dog's face: hanging ears, long bright muzzle, big nose, tongue."""
    c = Canvas(*wall, seed)
    c.grain(10, 8)
    dark, light = tuple(value // 2 for value in fur), tuple(min(255, value + 60) for value in fur)
    c.ellipse(fur, 16, 34, 12, 10, blur=0.8)
    c.ellipse(fur, 16, 13.4, 9, 9.4, blur=0.4)
    for side in (-1, 1):
        c.polygon(ear, 16 + side * 5.4, 5, 16 + side * 10, 5.8, 16 + side * 13, 17.6, 16 + side * 10, 20.6,
                  16 + side * 7.8, 13, blur=0.3)
    c.polygon(light, 14.8, 5, 17.2, 5, 18.6, 16, 13.4, 16, blur=0.5)
    c.ellipse(light, 16, 20, 6, 5.4, blur=0.4)
    for side in (-1, 1):
        c.ellipse((20, 14, 10), 16 + side * 4.1, 12.4, 1.25, 1.3)
        c.ellipse((250, 250, 250), 16 + side * 4.1 - 0.4, 11.9, 0.3, 0.3)
        c.line(dark, 0.5, 16, 20.6, 16 + side * 2.6, 22.6, 16 + side * 4.6, 21.4)
    c.polygon((214, 96, 108), 14.6, 22, 17.4, 22, 17.2, 26, 16, 27, 14.8, 26, blur=0.15)
    c.ellipse((16, 14, 16), 16, 17.6, 2.3, 1.7)
    c.ellipse((120, 118, 122), 15.4, 16.8, 0.7, 0.3)
    c.grain(6, 0.9)
    return c


def frog(seed, ground, skin, belly):
    """A sitting frog seen from the front left: wide mouth, bulging eyes, folded legs."""
    c = Canvas(*ground, seed)
    c.grain(22, 3)
    dark = tuple(value // 2 for value in skin)
    c.ellipse((30, 26, 18), 16, 27.4, 14, 2.6, blur=0.8)
    for side in (-1, 1):
        c.ellipse(dark, 16 + side * 9.4, 22.6, 4.6, 4.4, blur=0.3)
        c.ellipse(skin, 16 + side * 9.6, 21.8, 4, 3.4, blur=0.5)
        c.polygon(skin, 16 + side * 7, 26, 16 + side * 14.6, 26.6, 16 + side * 14, 28.2, 16 + side * 6, 27.8)
    c.ellipse(skin, 16, 19.4, 9, 8.4, blur=0.3)
    c.ellipse(belly, 16, 22.8, 6.8, 4.8, blur=0.6)
    c.ellipse(skin, 16, 13.6, 9.4, 5.4, blur=0.3)
    c.line(dark, 0.6, 7.4, 14.6, 11.6, 16.8, 16, 17.4, 20.4, 16.8, 24.6, 14.6, blur=0.1)
    for side in (-1, 1):
        c.ellipse(skin, 16 + side * 5.8, 8.8, 2.9, 2.7, blur=0.1)
        c.ellipse((214, 176, 50), 16 + side * 5.9, 8.7, 1.9, 1.8)
        c.ellipse((10, 10, 8), 16 + side * 5.9, 8.8, 1.3, 0.9)
        c.line(skin, 1.6, 16 + side * 5, 21, 16 + side * 4.4, 27)
        c.polygon(skin, 16 + side * 4.4, 26, 16 + side * 7, 28.4, 16 + side * 2.4, 28.4)
        c.ellipse(dark, 16 + side * 1.2, 12.6, 0.35, 0.3)
    for x, y in ((12, 10.8), (19, 11.2), (16, 9.8), (6.4, 21), (25.4, 21.4)):
        c.ellipse(dark, x, y, 0.9, 0.6, blur=0.3)
    c.grain(8, 0.8)
    return c


def horse(seed, sky, ground, coat):
    """A horse on grass: deep body, strong neck with a mane, long tail."""
    c = Canvas(*sky, seed)
    c.land(18, *ground)
    c.grain(9, 1.6)
    dark = tuple(value // 3 for value in coat)
    c.line(dark, 1.9, 27, 14, 29.4, 17, 29, 25, blur=0.3)
    hoofed(c, coat, 1.6, 10)
    c.polygon(coat, 10, 18, 17.4, 13.6, 11.8, 4.6, 7.4, 7, blur=0.2)
    c.polygon(coat, 11.8, 4.2, 8, 4.6, 2.8, 10.6, 4.6, 12.8, 9.4, 10, blur=0.2)
    c.polygon(dark, 11.2, 3.6, 18.2, 13, 16.6, 14.4, 13.2, 9.4, blur=0.4)
    c.polygon(coat, 10, 4.6, 10.6, 2, 11.8, 4.6)
    c.ellipse((16, 12, 10), 7.8, 6.9, 0.5, 0.5)
    c.ellipse(dark, 3.6, 11.2, 0.9, 0.9, blur=0.3)
    c.ellipse(tuple(min(255, value + 40) for value in coat), 19, 14.2, 5, 1.3, blur=0.9)
    c.grain(5, 0.9)
    return c


def ship(seed, sky, sea, hull, deck):
    """A freighter on open water: long hull, white bridge, funnel, mast, wake."""
    c = Canvas(*sky, seed)
    c.grain(7, 8)
    c.land(19, *sea)
    c.grain(9, 1.5, (0, 19, 32, 32))
    c.box((238, 238, 234), 20, 10, 27, 16.6)
    c.box((225, 226, 224), 21.6, 7.4, 26, 10.4)
    for y in (11.2, 13.6):
        c.line((60, 70, 84), 0.7, 20.6, y, 26.4, y)
    c.box(hull, 23, 4, 25.4, 7.6)
    c.line((70, 70, 74), 0.5, 12, 7, 12, 16)
    c.line((70, 70, 74), 0.35, 12, 8, 18, 14)
    for x, color in zip(range(6, 19, 4), deck * 2):
        c.box(color, x, 13.6, x + 3.4, 16.4)
    c.polygon(hull, 1, 15.4, 30.4, 16.2, 28.8, 22.2, 4.6, 22.2)
    c.polygon((130, 36, 30), 4.2, 21, 29, 21, 28.6, 22.6, 4.8, 22.6)
    c.line((236, 238, 240), 0.35, 1.6, 16.2, 30, 16.9)
    c.line((232, 240, 244), 0.9, 2, 23, 12, 22.8, 29.6, 23.2, blur=0.4)
    c.grain(4, 0.9)
    return c


def truck(seed, sky, ground, cab, load):
    """A lorry from the side: tall box, cab at the front, three wheels."""
    c = Canvas(*sky, seed)
    c.land(20, *ground)
    c.grain(6, 2)
    dark = tuple(value // 2 for value in cab)
    c.ellipse((25, 25, 28), 16, 27.6, 15, 1.4, blur=0.6)
    c.box((40, 40, 44), 2, 22, 29, 25)
    c.box(load, 10.4, 4.6, 31, 22.6)
    c.box(tuple(value * 4 // 5 for value in load), 10.4, 20, 31, 22.6, blur=0.2)
    for x in range(13, 31, 3):
        c.line(tuple(value * 7 // 8 for value in load), 0.3, x, 5, x, 22)
    c.polygon(cab, 1.4, 24.6, 1.4, 16.4, 3.6, 9.6, 9.8, 9.2, 9.8, 24.6)
    c.polygon((50, 64, 82), 2.4, 16, 4.2, 10.8, 7.8, 10.8, 7.8, 16)
    c.line(dark, 0.3, 8.4, 10, 8.4, 24)
    c.box(dark, 1, 22.6, 9.8, 24.8)
    c.ellipse((250, 242, 200), 2, 20.6, 0.6, 0.8)
    for x in (6, 20.4, 26.4):
        c.ellipse((16, 16, 18), x, 25.4, 2.7, 2.7)
        c.ellipse((150, 152, 156), x, 25.4, 1.2, 1.2)
    return c


# Gradients from top to bottom
BLUE_SKY, PALE_SKY = ((96, 150, 214), (186, 214, 240)), ((206, 216, 226), (232, 234, 234))
GRASS, MEADOW = ((108, 142, 62), (72, 106, 40)), ((150, 146, 80), (104, 104, 50))
ASPHALT, ROAD = ((120, 120, 124), (86, 86, 90)), ((160, 154, 146), (118, 114, 110))
FOREST, LEAVES, SOIL = ((52, 74, 40), (86, 104, 58)), ((120, 150, 70), (70, 104, 44)), ((128, 104, 74), (92, 74, 50))
SEA, HARBOUR = ((44, 92, 138), (24, 60, 100)), ((86, 118, 128), (54, 84, 96))

# class, arguments of its function; two of each, seeds all different
SCENES = (
    (airplane, 1, BLUE_SKY, (236, 238, 242), 8), (airplane, 2, PALE_SKY, (150, 156, 168), -14),
    (automobile, 3, PALE_SKY, ASPHALT, (186, 30, 34)), (automobile, 4, BLUE_SKY, ROAD, (42, 70, 140)),
    (bird, 5, LEAVES, (60, 60, 70), (150, 40, 36), 0), (bird, 6, BLUE_SKY, (120, 92, 66), (216, 140, 70), 8),
    (cat, 7, ((150, 90, 80), (110, 60, 56)), (214, 196, 170), (150, 176, 70)),
    (cat, 8, ((214, 208, 200), (170, 160, 150)), (112, 110, 112), (206, 172, 60)),
    (deer, 9, FOREST, GRASS, (150, 100, 58)), (deer, 10, LEAVES, MEADOW, (128, 92, 62)),
    (dog, 11, ((120, 140, 110), (86, 104, 76)), (206, 170, 120), (150, 106, 62)),
    (dog, 12, ((196, 190, 184), (150, 142, 136)), (238, 230, 218), (70, 48, 36)),
    (frog, 13, SOIL, (140, 150, 70), (190, 176, 130)), (frog, 14, FOREST, (150, 150, 62), (196, 176, 120)),
    (horse, 15, BLUE_SKY, GRASS, (118, 66, 34)), (horse, 16, FOREST, MEADOW, (96, 60, 40)),
    (ship, 17, BLUE_SKY, SEA, (36, 46, 66), ((170, 70, 40), (60, 110, 90))),
    (ship, 18, PALE_SKY, HARBOUR, (150, 44, 36), ((90, 110, 140), (190, 160, 70))),
    (truck, 19, BLUE_SKY, ROAD, (190, 40, 36), (232, 232, 228)), (truck, 20, PALE_SKY, ASPHALT, (52, 84, 150), (206, 186, 120)),
)


def main():
    folder, pictures, counts = sys.argv[1], [], {}
    for draw, *arguments in SCENES:
        counts[draw] = counts.get(draw, 0) + 1
        picture = draw(*arguments).finish()
        picture.save(os.path.join(folder, f"{draw.__name__}_{counts[draw]}.png"))
        pictures.append(np.asarray(picture))
    np.save(os.path.join(folder, "images_u8_nhwc.npy"), np.stack(pictures))


if __name__ == "__main__":
    main()
