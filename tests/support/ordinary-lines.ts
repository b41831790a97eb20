const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const SHA = '0123456789abcdef'.repeat(4);
const UUID = '01234567-89ab-cdef-0123-456789abcdef';

/** Options that stay as they are, each behind a command of its own. */
const OPTIONS = `--model meta-llama/Llama-3.1-8B-Instruct
--tokenizer meta-llama/Llama-3.1-8B
--tokenizer-mode auto
--tokenizer-revision ${COMMIT}
--revision ${COMMIT}
--revision=${COMMIT}
--code-revision ${COMMIT}
--max-model-len 8192
--max-num-batched-tokens 16384
--max-tokens 16
--max-new-tokens=512
--max-total-tokens 4096
--num-tokens 100
--tokens-per-step 1000
--token-budget 2048
--token-level-loss true
--loss-agg-mode token-mean
--moe-token-dispatcher-type alltoall
--moe-token-drop-policy probs
--pad-token <pad>
--pad-token-id 0
--eos-token </s>
--eos-token-id 128001
--bos-token <s>
--unk-token <unk>
--mask-token [MASK]
--image-token <image>
--image-token-index 32000
--stop-token <|eot_id|>
--special-tokens a,b
--added-tokens-file added.json
--token-file /run/headroom/token
--token-type bearer-less
--password-file /run/secrets/db
--secret-name hf
--api-key-file /etc/key
--ssl-keyfile /etc/ssl/server.pem
--ssl-certfile /etc/ssl/cert.pem
--key /etc/ssl/server.key
--private-key ~/.ssh/id_ed25519
--credentials ./service-account.json
--auth-type none
--auth-mode anonymous
--author me
--authority example.org
--compass north
--passes 3
--num-pass 2
--two-pass 1
--pass-rate 0.9
--bypass-cache
--keyboard us
--monkey-patch vllm
--num-key-value-heads 8
--key-value-dtype fp8
--kv-cache-dtype fp8_e5m2
--text-key content
--json-keys text
--input-key prompt
--label_key answer
--eval-key question
--prompt-key prompt
--data-key messages
--image_key images
--sort-key time
--partition-key day
--reward-key score
--state-key model
--metric-key loss
--group-key user
--use-auth-token
--trust-remote-code
--enable-prefix-caching
--gpu-memory-utilization 0.92
--tensor-parallel-size 8
--pipeline-parallel-size 2
--data-parallel-size=4
--dtype bfloat16
--quantization awq
--seed 1234567890123456789
--lr 3e-4
--betas 0.9,0.95
--port 8000
--host 0.0.0.0
-p 8080
-p 8000:8000
-u 1000:1000
-n 8
-o size=10,other=1
-e CUDA_VISIBLE_DEVICES=0,1,2,3
--env=OMP_NUM_THREADS=8
--env NCCL_DEBUG=INFO
--env PWD=/home/me
--export=ALL,OMP_NUM_THREADS=4
--id ${UUID}
--run-id 0123456789abcdef0123456789abcdef
--node-id=${SHA.slice(0, 56)}
--cluster-id=${SHA.slice(0, 56)}
--commit ${COMMIT}
--digest ${SHA}
--sha256 ${SHA}
--checksum ${SHA}
--uuid GPU-${UUID}
--gpus GPU-${UUID}
--device MIG-${UUID}
--image vllm/vllm-openai:v0.6.3
--image nvcr.io/nvidia/pytorch:24.10-py3
--image r.example.org/team/auth:1.2
--image r.example.org/vault/secret:latest
--image sha256:${SHA}
--served-model-name DeepSeek-R1-Distill-Qwen-32B-AWQ-with-a-long-name
--served-model-name Llama-3_1-Nemotron-Ultra-253B-v1-Instruct-FP8-dynamic
--run-name 2026-01-01-llama3-8b-lora-r16-alpha32-bs128-lr3e-4-seed42
--output-dir /scratch/me/runs/llama-3-8b-2026-01-01T12:00:00
--data s3://bucket/key/part-00000.parquet
--data gs://bucket/tokens/train
--data hf://datasets/org/name@main
--data abfss://container@account.dfs.example.org/path
--url http://127.0.0.1:8000/v1/chat/completions
--url http://h/a?x=1&y=2
--url https://example.org/search?q=token&max_tokens=10
--url https://example.org/o?tokenizer=x&model=m
--metrics http://localhost:9400/metrics
--server https://headroom.example.org
--init-method tcp://10.0.0.1:29500
--rdzv-endpoint node1:29400
--rdzv-id 12345
--chat-template {{bos_token}}
--override {"max_tokens":16,"tokenizer":"m"}
--speculative-config {"num_speculative_tokens":5}
--hf-overrides {"rope_theta":1000000.0}
--limit-mm-per-prompt image=4
--lora-modules sql=/models/lora
--rope-scaling {"type":"dynamic","factor":2.0}
--cookie-file /tmp/jar
--cert-path /etc/ssl
--session-dir /tmp/ray
--session-name session_2026-01-01_12-00-00_123456_789
--log-level info
--api-key-env OPENAI_KEY
--token-url https://login.example.org/oauth
--auth-url https://login.example.org/
--secret-ref hf-id
--passthrough yes
--tokenizer-pool-size 4
--skip-tokenizer-init
--detokenizer fast
--tokenized-data /data/tok
--long-prefill-token-threshold 512
--num-lookahead-slots 4`.split('\n');

const COMMANDS = `python3 train.py --config configs/llama3_8b.yaml
python -m vllm.entrypoints.openai.api_server --model meta-llama/Llama-3.1-8B --port 8000
torchrun --nproc-per-node 8 --nnodes 2 --rdzv-backend c10d train.py
accelerate launch --config_file acc.yaml finetune.py --per_device_train_batch_size 4
deepspeed --num_gpus 8 train.py --deepspeed ds_config.json
python -m sglang.launch_server --model-path Qwen/Qwen2.5-72B --tp 8
llama-server -m /models/qwen2.5-7b-instruct-q4_k_m.gguf -c 8192 -np 4
ollama runner --model /root/.ollama/models/blobs/sha256-${SHA} --port 40001
tritonserver --model-repository=/models --http-port=8000
trtllm-serve /engines/llama --tp_size 4
python /models/snapshots/${COMMIT}/convert.py
huggingface-cli download meta-llama/Llama-3.1-8B --revision ${COMMIT}
hf download Qwen/Qwen2.5-7B --local-dir /models
git checkout ${COMMIT}
git clone git@github.com:org/repo.git
git clone ssh://git@example.org/org/repo.git
git clone https://example.org/org/repo.git
git fetch origin ${COMMIT}
pip install git+https://github.com/org/repo@${COMMIT}
pip install torch==2.5.1 --index-url https://download.example.org/whl/cu124
docker run --gpus all -p 8000:8000 -v /models:/models vllm/vllm-openai:latest
docker run -u 1000:1000 --name mysql-1 image
docker pull r.example.org/x@sha256:${SHA}
apptainer exec --nv image.sif python train.py
srun --ntasks=8 --gpus-per-task=1 --export=ALL python train.py
sbatch --array=1-10 --time=24:00:00 job.sh
ssh -p 2222 node1 nvidia-smi
scp -P 2222 a.txt node1:/tmp/
rsync -av /data/ node1:/data/
psql -h db -p 5432 -U me dbname
redis-cli -h cache -p 6379 ping
curl -s http://localhost:8000/metrics
curl -X POST http://localhost:8000/v1/completions -d {"prompt":"hello","max_tokens":10}
nvidia-smi --query-gpu=uuid,utilization.gpu --format=csv --loop=10
nvidia-smi -i GPU-${UUID}
ray start --head --port=6379 --num-gpus=8
/usr/bin/raylet --node_id=${SHA.slice(0, 56)} --session-name=session_2026-01-01_12-00-00_123456_789 --redis-password=
jupyter lab --no-browser --port 8888
tensorboard --logdir runs/2026-01-01 --port 6006
/usr/sbin/sshd -D -o PasswordAuthentication=no
/usr/lib/systemd/systemd --switched-root --system --deserialize 31
bash -c python3 train.py --seed 1; echo done
sh -c cd /work && make -j8 | tee log.txt
env OMP_NUM_THREADS=8 CUDA_VISIBLE_DEVICES=0 PATH=/usr/bin:/bin python train.py
python -c import torch; print(torch.cuda.device_count())
python train.py data.prompt_key=prompt reward.fn_key=data_source actor.ppo_max_token_len_per_gpu=16384
python train.py model.pad_token_id=0 tokenizer.bos_token=<s> data.max_prompt_length=1024
lm_eval --model hf --model_args pretrained=m,dtype=auto --tasks gsm8k --num_fewshot 5
tune run lora_finetune_single_device --config llama3/8B_lora
axolotl train config.yml
VLLM::Worker_TP0
zip -r out.zip results
tar czf models.tgz models/llama
find /models -name *.safetensors -size +1G
rclone copy remote:bucket/models /models --transfers 8
aws s3 cp s3://bucket/model /models --recursive
kubectl get pods -n llm -o wide
openssl version -d
ffmpeg -i in.mp4 -f null -
perf record -p 1234 -g`.split('\n');

/** 200 command lines that hide nothing. */
export const ORDINARY_LINES: readonly string[] = [...COMMANDS, ...OPTIONS.map((option) => `srv ${option}`)].slice(0, 200);
