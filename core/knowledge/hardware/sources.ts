/** Where a number comes from. `inferred` and `memory` numbers are shown with that mark wherever they are shown. */
export const SOURCES = {
  course: 'C3SE course "LLM and Hardware", table of data types on Alvis',
  datasheet: "NVIDIA's product brief or data sheet of this card",
  whitepaper: "NVIDIA's architecture white paper of this generation",
  llmViewer: 'LLM-Viewer@472f71f hardwares/hardware_params.py',
  llmAnalysis: 'cli99/llm-analysis gpu_configs',
  mlEngineering: 'stas00/ml-engineering@744d01e compute/accelerator and network READMEs',
  pcieStandard: 'PCI Express base specification: transfer rate × lanes × line code',
  reported: 'memory.total as nvidia-smi prints it for this card',
  scaled: "NVIDIA's architecture white paper, from the boost clock that it prints to the highest clock that the driver reports (clocks.max.sm)",
  derived: 'derived: the clock at which the multiprocessors give the FP32 rate that the data sheet prints',
  resellers: 'tables of resellers; NVIDIA publishes no data sheet of this card',
  gptFast: 'pytorch-labs/gpt-fast@32971d3 README: about 1700 of 2039 GB/s reached on an A100-80',
  dcgm: 'DCGM user guide, profiling feature overview',
  alvisIntro: 'c3se/alvis-intro@4b17173 tutorial/1_getting_started/README.md',
  naiss: 'NAISS course page on Alvis',
  memory: 'known to engineers, source not re-opened',
  inferred: 'inferred: no source states it',
} as const satisfies Record<string, string>;

export type SourceId = keyof typeof SOURCES;
