/**
 * Reads one frame of a stack as a managed runtime prints it, and tells the function's own code from that of the runtime, the
 * language and libraries. Forms: the languages' documentation of stack traces, and AWS's runtime clients on GitHub.
 */

export interface StackFrame {
  /** Path below the function's root, without hashes of builds; null where the qualified name identifies the code. */
  readonly file: string | null;
  /** Function or method as the developer wrote it; null if the frame names none. */
  readonly name: string | null;
  /** False for frames of the runtime, the language and libraries. */
  readonly isOwn: boolean;
}

const MAX_FRAME_CHARACTERS = 1024;

const PYTHON = /^File "([^"]+)",? [Ll]ine \d+(?:, in (.+))?$/;
const PHP = /^#\d+ (?:([^\s(]+)\(\d+\): (.+)|\{main\}|\[internal function\].*)$/;
const RUBY = /^(.+?\.\w+|<[^>]+>):\d+:in [`'](.*)'$/;
const RUST = /^([^\s:()]+\.rs):\d+:\d+$/;
const GO = /^([^\s()]*(?:\([^)]*\))?[^\s()]*) \(([^\s:()]+\.go):\d+\)$/;
/** `at name(File.java:20)`; the name may begin with a class loader and a module, each before a slash. */
const JAVA =
  /^at (?:[^\s()/]*\/{1,2}){0,2}([\w.$/<>-]+)\((?:[^()\s]+\.(?:java|kt|kts|scala|groovy|clj|cljc)(?::-?\d+)?|Unknown Source|Native Method|<generated>|Source)\)?/;
/** `at Name.Space.Method(Type parameter) in /src/File.cs:line 20`. */
const DOTNET = /^at ([\w.<>$`+|,[\]@]+)\(.*$/;
/** `at name (location)`; Node 4 to 8 print no `at` in JSON. */
const NODE_NAMED = /^(?:at )?(.+?) \((.*?)\)?$/;
const NODE_BARE = /^at (?:async )?(\S+)$/;
const NODE_POSITION = /:\d+(?::\d+)?$/;

/** Returns null if the text is no frame, such as a repeated message or `... 12 more`. Never throws. */
export function parseStackFrame(raw: string): StackFrame | null {
  if (raw.length > MAX_FRAME_CHARACTERS) return null;
  const text = raw.trim();
  if (text.startsWith('File "')) return pythonFrame(text);
  if (text.startsWith('#')) return phpFrame(text);
  if (text.startsWith('at ')) return javaFrame(text) ?? dotnetFrame(text) ?? nodeFrame(text);
  return rubyFrame(text) ?? rustFrame(text) ?? goFrame(text) ?? nodeFrame(text);
}

function pythonFrame(text: string): StackFrame | null {
  const match = PYTHON.exec(text);
  if (match === null) return null;
  const [, path = '', name] = match;
  const isLibrary =
    /\/(?:site|dist)-packages\/|^\/var\/(?:runtime|lang)\/|^\/opt\/|^\/usr\/|^\/root\/|^</.test(path) ||
    PYTHON_LIBRARIES.has(relative(path).split('/')[0]?.replace(/\.py$/, '') ?? '');
  return { file: ownPath(path), name: name?.trim() ?? null, isOwn: !isLibrary };
}

/** Packages that are commonly installed beside the handler (`pip install --target .`). */
const PYTHON_LIBRARIES = new Set(
  (
    'aiohttp aiobotocore anyio asyncpg attr aws_lambda_powertools aws_xray_sdk awslambdaric boto3 botocore certifi chalice click ' +
    'cryptography datadog_lambda ddtrace django elasticsearch fastapi flask google grpc h11 httpcore httpx idna jinja2 jmespath ' +
    'jose jsonschema jwt mangum markupsafe marshmallow mysql numpy openai opentelemetry opensearchpy pandas PIL psycopg psycopg2 ' +
    'pydantic pydantic_core pymongo pymysql pynamodb redis requests rsa s3transfer scipy sentry_sdk simplejson sqlalchemy ' +
    'starlette stripe tenacity typing_extensions urllib3 uvicorn werkzeug wrapt yaml yarl'
  ).split(' '),
);

function phpFrame(text: string): StackFrame | null {
  const match = PHP.exec(text);
  if (match === null) return null;
  const [, path, call] = match;
  if (path === undefined) return { file: null, name: null, isOwn: false };
  const isLibrary = /\/vendor\/|^\/opt\/|^\/var\/runtime\//.test(path);
  return { file: ownPath(path), name: call?.replace(/\(.*$/, '') ?? null, isOwn: !isLibrary };
}

function rubyFrame(text: string): StackFrame | null {
  const match = RUBY.exec(text);
  if (match === null) return null;
  const [, path = '', label = ''] = match;
  const isLibrary = /\/gems\/|^\/var\/(?:runtime|lang)\/|^\/opt\/|^\/usr\/|^</.test(path);
  // Ruby 3.4 prints the class before the method, older versions do not.
  const name = label
    .replace(/^(?:(?:block(?: \(\d+ levels\))?|rescue|ensure) in )+/, '')
    .replace(/^.*[#.](?=[^#.]+$)/, '');
  return { file: ownPath(path), name, isOwn: !isLibrary };
}

function rustFrame(text: string): StackFrame | null {
  const path = RUST.exec(text)?.[1];
  if (path === undefined) return null;
  return { file: ownPath(path), name: null, isOwn: !/^\/rustc\/|\/\.cargo\/|^library\//.test(path) };
}

function goFrame(text: string): StackFrame | null {
  const match = GO.exec(text);
  if (match === null) return null;
  const [, label = '', path = ''] = match;
  const isModule = /^[^/]+\.[^/]+\//.test(path);
  const isLibrary =
    /(?:^|\/)(?:aws-lambda-go|aws-sdk-go[\w-]*|smithy-go)(?:@[^/]+)?\/|^(?:golang\.org|google\.golang\.org|gopkg\.in)\/|\/pkg\/mod\//.test(
      path,
    ) ||
    (!isModule && GO_STANDARD.test(path));
  // Closures are numbered by the compiler.
  return {
    file: null,
    name: `${goPackage(path)}${label.replace(/(?:\.func\d+|\.\d+|\.gowrap\d+)+$/, '')}`,
    isOwn: !isLibrary,
  };
}

const GO_STANDARD =
  /^(?:runtime|reflect|net|encoding|errors|fmt|io|os|strconv|strings|bytes|time|sync|context|crypto|database|bufio|math|sort|regexp|internal|syscall|text|html|path|log|container|compress|archive|unicode|hash|mime|image|testing|usr\/local\/go)\//;

/** The folder of a file tells packages of one program apart. */
function goPackage(path: string): string {
  const folder = path.split('/').at(-2);
  return folder === undefined ? '' : `${folder}/`;
}

function javaFrame(text: string): StackFrame | null {
  const qualified = JAVA.exec(text)?.[1];
  if (qualified === undefined) return null;
  // Lambdas, anonymous classes and generated proxies are numbered by the compiler or at run time.
  const name = qualified
    .replace(/\$\$(?:Lambda|Enhancer|FastClass|SpringCGLIB|_)[^.]*/, '')
    .replace(/lambda\$([^$]*)\$\d+/, '$1')
    .replaceAll(/\$\d+/g, '');
  return { file: null, name, isOwn: !JAVA_LIBRARY.test(qualified) };
}

const JAVA_LIBRARY = new RegExp(
  `^(?:${(
    'java javax jdk sun com.sun jakarta kotlin kotlinx scala groovy clojure lambdainternal com.amazonaws software.amazon ' +
    'org.springframework org.apache com.fasterxml com.google io.micronaut io.quarkus org.hibernate io.netty io.opentelemetry ' +
    'reactor okhttp3 okio retrofit2 com.zaxxer org.postgresql com.mysql oracle feign org.slf4j ch.qos io.vertx org.jboss ' +
    'org.eclipse org.crac io.grpc redis.clients io.lettuce com.mongodb com.datadoghq datadog org.junit net.bytebuddy'
  )
    .split(' ')
    .map((name) => name.replaceAll('.', '\\.'))
    .join('|')})\\.`,
);

function dotnetFrame(text: string): StackFrame | null {
  const qualified = DOTNET.exec(text)?.[1];
  if (qualified === undefined) return null;
  return { file: null, name: dotnetName(qualified), isOwn: !DOTNET_LIBRARY.test(qualified) };
}

const DOTNET_LIBRARY =
  /^(?:System|Microsoft|Amazon|AWSSDK|Newtonsoft|Npgsql|MySql|MySqlConnector|Dapper|Polly|StackExchange|MongoDB|OpenTelemetry|Grpc|Google|Serilog|AutoMapper|MediatR|FluentValidation|RestSharp|Datadog|lambda_method\d*)(?:\.|$)/;

/** `Shop.Function.<HandleAsync>d__4.MoveNext`, closures and local functions carry the name that the developer wrote. */
function dotnetName(qualified: string): string {
  return qualified
    .replace(/<<?(\w+)>\$?>g__(\w+)\|[\d_]+/, '$2')
    .replace(/<>c(?:__DisplayClass[\d_]+)?(?:`\d+)?\./, '')
    .replace(/<<?(\w*)>[\w|$]*(?:>[\w|$]*)?(?:`\d+)?(?=\.|$)/g, '$1')
    .replace(/\.MoveNext$/, '')
    .replaceAll(/`\d+|\[[^\]]*\]/g, '');
}

function nodeFrame(text: string): StackFrame | null {
  const bare = NODE_BARE.exec(text);
  if (bare !== null) {
    const location = bare[1] ?? '';
    return NODE_POSITION.test(location) ? nodeAt(location, null) : null;
  }
  const named = NODE_NAMED.exec(text);
  if (named === null) return null;
  const [, name = '', location = ''] = named;
  const isFrame = text.startsWith('at ') || (NODE_POSITION.test(location) && !name.includes(': '));
  return isFrame ? nodeAt(location, nodeName(name)) : null;
}

function nodeAt(location: string, name: string | null): StackFrame {
  const path = location.replace(NODE_POSITION, '').replace(/^file:\/\//, '');
  const isLibrary =
    !/[/\\]/.test(path) ||
    /^(?:node:|internal\/|\/var\/runtime\/|\/var\/lang\/|\/opt\/)|[/\\]node_modules[/\\]|^eval at /.test(path);
  return { file: isLibrary ? null : ownPath(path), name, isOwn: !isLibrary };
}

/** The receiver that V8 prints for functions of a module differs between versions of Node and kinds of modules. */
function nodeName(text: string): string | null {
  const name = text
    .replace(/^async /, '')
    .replace(/ \[as [^\]]+\]$/, '')
    .replace(/^new /, '')
    .replace(/^(?:(?:Runtime|Object|Function|Module|exports|module|process|global|globalThis)\.)+/, '');
  return name === '<anonymous>' || name === '' || name === 'null' ? null : name;
}

/** Folders that only say where the code was built or unpacked. */
const ROOTS =
  /^(?:webpack:\/+[^/]*\/|[A-Za-z]:)?(?:\/var\/task\/|\/usr\/src\/app\/|\/usr\/app\/|\/app\/|\/function\/|\/workspace\/|\/home\/\w+\/work\/[^/]+\/[^/]+\/|\/home\/\w+\/|\/Users\/\w+\/|\/builds\/[^/]+\/[^/]+\/|\/codebuild\/output\/[^/]+\/(?:src\/)?|\/tmp\/[^/]+\/|\/)?(?:\.\/)?/;

function relative(path: string): string {
  return path.replaceAll('\\', '/').replace(ROOTS, '');
}

/** Hashes that bundlers add to names, and folders of releases named by time, number or hash. */
function ownPath(path: string): string {
  return relative(path)
    .split('/')
    .filter((part) => part !== '.' && !/^(?:v?\d[\d._-]*|[0-9a-f]{7,64})$/.test(part))
    .map((part) => part.replaceAll(/([.-])(?=[0-9A-Za-z_]*\d)(?:[0-9a-f]{8,64}|[A-Z0-9]{8})(?=[.-])/g, '$1*'))
    .join('/');
}

/** The first frame of the function's own code; null if there is none. `frames`: innermost first. */
export function ownFrame(frames: readonly string[]): StackFrame | null {
  for (const text of frames) {
    const frame = parseStackFrame(text);
    if (frame?.isOwn === true) return frame;
  }
  return null;
}
