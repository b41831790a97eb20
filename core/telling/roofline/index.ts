/** FLOP/s against FLOP per byte, under the card's roofs. */
export { nextRoof } from './next-roof.ts';
export { rooflineOf } from './roofline.ts';
