/** FLOP/s against FLOP per byte, under the card's roofs. */
export { rooflineOf } from './roofline.ts';
